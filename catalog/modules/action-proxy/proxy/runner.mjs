// Which runner the proxy has. An image that is derived puts another file here, which exports a class of its own:
//   import { ActionRunner } from "./action-runner.mjs";
//   export class Runner extends ActionRunner { … }
export { ActionRunner as Runner } from "./action-runner.mjs";
