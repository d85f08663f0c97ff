// What the proxy takes for the runner of this image: it lies beside the proxy's folder, in the image as here.
export { NodejsRunner as Runner } from "../action-nodejs/lib/nodejs-runner.mjs";
