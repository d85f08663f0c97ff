import express from "express";
import pg from "pg";

if (!process.env.DATABASE_URL) {
  console.error("DATABASE_URL is not set");
  process.exit(2);
}
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.get("/", async (_request, response) => {
  const { rows } = await pool.query("SELECT name, note FROM guests ORDER BY id");
  response.json(rows);
});
app.listen(8080);
