// What the proxy takes for the runner of this image: it lies beside the proxy's folder, in the image as here.
export { PythonRunner as Runner } from "../action-python3/lib/python-runner.mjs";
