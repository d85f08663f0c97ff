// POST / calls module.exports(context, payload) of function.js with what the JSON in the body says; GET / says that this is there.
const { createServer } = require("node:http");
const { join } = require("node:path");
const { json } = require("node:stream/consumers");

async function call(request) {
  if (request.method !== "POST") return { language: "nodejs" };
  const { context, payload } = await json(request);
  return require(join(process.env.FUNCTION_DIR, "function.js"))(context, payload);
}

createServer(async (request, response) => {
  const answer = (status, value) =>
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value ?? null));
  try {
    answer(200, await call(request));
  } catch (error) {
    console.error(error);
    answer(500, { error: String(error) });
  }
}).listen(process.env.FUNCTION_PORT);
