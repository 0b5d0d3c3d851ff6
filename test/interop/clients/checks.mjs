/** Where the server is; test/interop/clients.interop.test.ts sets it. */
export const base = process.env.ASSAY_BASE ?? '';
export const apiKey = process.env.ASSAY_KEY ?? '';
export const model = process.env.ASSAY_MODEL ?? '';
export const embeddingModel = process.env.ASSAY_EMBEDDING_MODEL ?? '';

export const parameters = {
	type: 'object',
	properties: { a: { type: 'integer' }, b: { type: 'integer' } },
	required: ['a', 'b'],
	additionalProperties: false,
};
export const add = { type: 'function', function: { name: 'add', description: 'Adds two numbers', parameters } };
export const sum = 'What is 2 plus 3?';
export const capital = 'What is the capital of France?';

/** Makes every check, in order, and prints one line for each. A check that throws sets the exit code. */
export async function runChecks(checks) {
	for (const [name, check] of Object.entries(checks)) {
		try {
			await check();
			process.stdout.write(`ok   ${name}\n`);
		} catch (error) {
			process.exitCode = 1;
			process.stdout.write(`FAIL ${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
		}
	}
}
