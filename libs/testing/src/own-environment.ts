// Runs before each spec file. Files share a worker one after the other: each begins with the worker's own environment,
// whatever settings the file before it left there.
declare global {
  var environmentOfWorker: Record<string, string | undefined> | undefined;
}

const own = (globalThis.environmentOfWorker ??= { ...process.env });
for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
Object.assign(process.env, own);

export {};
