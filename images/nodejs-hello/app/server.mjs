import express from "express";

const app = express();
app.get("/", (_request, response) => response.send("hello"));

// --check: answer one request of its own and leave.
const check = process.argv.includes("--check");
const server = app.listen(check ? 0 : 8080, check ? "127.0.0.1" : undefined, async () => {
  if (!check) return;
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`);
  console.log(response.status, await response.text());
  server.close();
  server.closeAllConnections();
});
