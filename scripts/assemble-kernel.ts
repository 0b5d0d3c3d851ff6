import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import wabt from 'wabt';

/** The kernels in WebAssembly, by the paths of their sources. */
const kernels = ['models/native/perplexity/kernel.wat', 'electron/context/retrieval/vector-kernel.wat'];

/** Assembles a kernel. Run this after each change to one: node scripts/assemble-kernel.ts */
export async function assembleKernel(source: string = kernels[0]!): Promise<string> {
	const { parseWat } = await wabt();
	const path = join(import.meta.dirname, '..', source);
	const module = parseWat(basename(path), readFileSync(path, 'utf8'), { simd: true });
	module.validate();
	const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
	module.destroy();
	return base64;
}

if (import.meta.main) {
	for (const source of kernels) {
		const name = basename(source, '.wat');
		const target = join(import.meta.dirname, '..', dirname(source), `${name}-bytes.ts`);
		const constant = `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Bytes`;
		const base64 = await assembleKernel(source);
		writeFileSync(
			target,
			`/** ${name}.wat, assembled by scripts/assemble-kernel.ts; base64. */\nexport const ${constant} =\n\t'${base64}';\n`,
		);
		process.stdout.write(`${target}: ${Buffer.from(base64, 'base64').length} bytes\n`);
	}
}
