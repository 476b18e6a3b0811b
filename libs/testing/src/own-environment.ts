// Runs before each spec file. Files share a worker one after the other: each begins with the worker's own environment,
// whatever settings the file before it left there, or put in its place.
declare global {
  var environmentOfWorker: { kept: NodeJS.ProcessEnv; values: Record<string, string | undefined> } | undefined;
}

const { kept, values } = (globalThis.environmentOfWorker ??= { kept: process.env, values: { ...process.env } });
process.env = kept;
for (const name of Object.keys(kept)) if (!(name in values)) delete kept[name];
Object.assign(kept, values);

export {};
