/** English. Code -> sentence; `{name}` is a parameter. */
const catalogue: Record<string, string> = {};
export default catalogue;
