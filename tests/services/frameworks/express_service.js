// Express with node-postgres or mysql2, and with ioredis or node-redis: one way a path.
"use strict";

const express = require("express");

const INSERT = "INSERT INTO orders (order_no) VALUES (?)";

function postgresql() {
  const { Pool } = require("pg");
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  pool.on("error", () => {}); // an idle connection that was cut is no reason to end
  const numbered = (sql) => {
    let count = 0;
    return sql.replaceAll("?", () => `$${++count}`);
  };
  return {
    isDuplicate: (error) => error.code === "23505",
    async connect() {
      const client = await pool.connect();
      client.on("error", () => {});
      return {
        begin: () => client.query("BEGIN"),
        commit: () => client.query("COMMIT"),
        rollback: () => client.query("ROLLBACK"),
        run: async (sql, values) => (await client.query(numbered(sql), values)).rows,
        release: (error) => client.release(error),
      };
    },
  };
}

function mariadb() {
  const pool = require("mysql2/promise").createPool({ uri: process.env.DATABASE_URL });
  return {
    isDuplicate: (error) => error.code === "ER_DUP_ENTRY",
    async connect() {
      const client = await pool.getConnection();
      return {
        begin: () => client.beginTransaction(),
        commit: () => client.commit(),
        rollback: () => client.rollback(),
        run: async (sql, values) => (await client.execute(sql, values))[0],
        release: (error) => (error ? client.destroy() : client.release()),
      };
    },
  };
}

async function ioredis() {
  const Redis = require("ioredis");
  const client = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 1 });
  client.on("error", () => {});
  return client;
}

async function nodeRedis() {
  const client = require("redis").createClient({ url: process.env.REDIS_URL });
  client.on("error", () => {});
  return client.connect();
}

const database = process.env.DATABASE === "mariadb" ? mariadb() : postgresql();

async function inTransaction(work) {
  const client = await database.connect();
  let broken;
  try {
    await client.begin();
    const status = await work(client);
    await client.commit();
    return status;
  } catch (error) {
    try {
      await client.rollback();
    } catch (gone) {
      broken = gone;
    }
    if (database.isDuplicate(error)) return 409;
    throw error;
  } finally {
    client.release(broken);
  }
}

async function checkThenInsert(client, key) {
  if ((await client.run("SELECT id FROM orders WHERE order_no = ?", [key])).length) return 409;
  await client.run(INSERT, [key]);
  return 201;
}

const insert = (key) => inTransaction(async (client) => (await client.run(INSERT, [key]), 201));

async function main() {
  const redis = process.env.REDIS_URL ? await (process.env.REDIS_CLIENT === "node-redis" ? nodeRedis : ioredis)() : null;
  const ways = {
    check: (key) => inTransaction((client) => checkThenInsert(client, key)),
    unique: (key) =>
      inTransaction(async (client) => {
        await client.run("INSERT INTO unique_orders (order_no) VALUES (?)", [key]);
        return 201;
      }),
    lock: (key) =>
      inTransaction(async (client) => {
        await client.run("SELECT id FROM carts WHERE order_no = ? FOR UPDATE", [key]);
        return checkThenInsert(client, key);
      }),
    "token-get": async (key) => {
      if (!(await redis.get(`token:${key}`))) return 409;
      await redis.del(`token:${key}`);
      return insert(key);
    },
    "token-delete": async (key) => ((await redis.del(`token:${key}`)) ? insert(key) : 409),
  };

  if (process.env.BEAT_MS) {
    // on the connection that all requests share
    const beat = () => redis.set(`heartbeat:${process.pid}`, "1", "EX", 60).catch(() => {});
    setInterval(beat, Number(process.env.BEAT_MS));
  }

  const app = express();
  app.use(express.json());
  app.post("/:way", async (request, response) => {
    const status = await ways[request.params.way](request.body.order_no);
    response.status(status).json({ status });
  });
  app.use((error, _request, response, _next) => response.status(500).json({ error: error.message }));
  app.listen(Number(process.env.PORT), "127.0.0.1");
}

main();
