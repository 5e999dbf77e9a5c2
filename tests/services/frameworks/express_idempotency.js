// The middleware express-idempotency with its adapter for Redis, as its manual shows it, in front of one INSERT.
"use strict";

const express = require("express");
const { getSharedIdempotencyService, idempotency } = require("express-idempotency");
const RedisAdapter = require("express-idempotency-redis-adapter").default;
const { Pool } = require("pg");

async function main() {
  const database = new Pool({ connectionString: process.env.DATABASE_URL });
  database.on("error", () => {});
  const adapter = new RedisAdapter({ connectionConfig: { url: process.env.REDIS_URL } });
  await adapter.connect();

  const app = express();
  app.use(express.json());
  app.use(idempotency({ dataAdapter: adapter }));
  app.post("/orders", async (request, response) => {
    if (getSharedIdempotencyService().isHit(request)) return;
    const connection = await database.connect();
    await connection.query("BEGIN");
    await connection.query("INSERT INTO orders (order_no) VALUES ($1)", [request.body.order_no]);
    await connection.query("COMMIT");
    connection.release();
    response.status(201).json({ order_no: request.body.order_no });
  });
  app.listen(Number(process.env.PORT), "127.0.0.1");
}

main();
