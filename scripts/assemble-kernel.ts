import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';

/** Assembles models/native/perplexity/kernel.wat. Run this after each change to it: node scripts/assemble-kernel.ts */
export async function assembleKernel(): Promise<string> {
	const folder = join(import.meta.dirname, '..', 'models', 'native', 'perplexity');
	const { parseWat } = await wabt();
	const module = parseWat('kernel.wat', readFileSync(join(folder, 'kernel.wat'), 'utf8'), { simd: true });
	module.validate();
	const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
	module.destroy();
	return base64;
}

if (import.meta.main) {
	const target = join(import.meta.dirname, '..', 'models', 'native', 'perplexity', 'kernel-bytes.ts');
	const base64 = await assembleKernel();
	writeFileSync(
		target,
		`/** kernel.wat, assembled by scripts/assemble-kernel.ts; base64. */\nexport const kernelBytes =\n\t'${base64}';\n`,
	);
	process.stdout.write(`${target}: ${Buffer.from(base64, 'base64').length} bytes\n`);
}
