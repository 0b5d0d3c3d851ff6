import { copyFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Failure } from '../contract/failure.ts';
import type { ImportAdapterResult, ImportAdapterTask } from '../contract/native/tasks.ts';
import { amount, type Said, said, wordsIn } from '../contract/said.ts';
import { requireDiskSpace } from '../disk-space.ts';
import { sha256OfFile } from '../file-hash.ts';
import { modelFileFailure, readGguf } from '../gguf/read-gguf.ts';
import { writeWhole } from '../native/output-file.ts';
import { readPairs, writeAdapter } from './adapter-content.ts';
import { adapterObstacle, adapterUnsuitable, readAdapterFacts } from './adapter-facts.ts';
import { BaseObstacle, convertPeft, type PeftAdapter, readPeft } from './import-peft.ts';

/** Numbers of an imported adapter take this many times the bytes of its file at most: 16 bits become 32. */
const growth = 2.1;

/**
 * Reads an adapter from elsewhere and writes it as llama.cpp reads it; the output appears complete or not at all. Throws
 * Failure `adapter-unsuitable` with the reason, `safetensors-damaged`, `disk-full`, and those of files that can't be read.
 */
export async function importAdapter(task: ImportAdapterTask): Promise<ImportAdapterResult> {
	const found = await convert(task).catch((error: unknown) => {
		throw adviseImport(error);
	});
	return { ...found, sha256: await sha256OfFile(task.output) };
}

/** What else to import: the advice of a load, such as to do without the adapter, helps nobody here. */
function adviseImport(error: unknown): unknown {
	if (!(error instanceof Failure) || !otherFile.has(error.code)) return error;
	const { code, message, detail } = error;
	return new Failure({
		code,
		message: wordsIn(error.facts(), message),
		next: [
			said`Choose a LoRA adapter: a GGUF file, or a folder that PEFT or MLX-LM wrote`,
			said`Name the model that it was made for, and add that first if it’s missing`,
		],
		...(detail === undefined ? {} : { detail }),
	});
}

const otherFile: ReadonlySet<string> = new Set(['adapter-unsuitable', 'not-gguf']);

async function convert({ source, bases, output }: ImportAdapterTask): Promise<Found> {
	const stats = await stat(source).catch((error: unknown) => {
		throw modelFileFailure(source, error);
	});
	const isPeft = stats.isDirectory() || /\.(safetensors|json|bin)$/i.test(source);
	return isPeft
		? fromPeft(await readPeft(stats.isDirectory() ? source : dirname(source)), bases, output)
		: fromGguf(source, bases, output);
}

type Found = Omit<ImportAdapterResult, 'sha256'>;

async function fromGguf(source: string, bases: readonly string[], output: string): Promise<Found> {
	const facts = await readAdapterFacts(source);
	const base = await firstFit(source, bases, async (path) => adapterObstacle(facts, (await readGguf(path)).header));
	// Reads every number.
	for await (const _ of readPairs(source, facts));
	await requireDiskSpace(dirname(output), (await stat(source)).size);
	await writeWhole(
		output,
		(part) => copyFile(source, part),
		async () => {},
	);
	return { format: 'gguf', base, baseName: facts.baseName, config: '' };
}

async function fromPeft(adapter: PeftAdapter, bases: readonly string[], output: string): Promise<Found> {
	await requireDiskSpace(dirname(output), (await stat(adapter.path)).size * growth);
	let baseName: string | null = null;
	const base = await firstFit(adapter.path, bases, async (path) => {
		const { header, facts } = await readGguf(path);
		const content = await convertPeft(adapter, facts).catch((error: unknown) => {
			if (error instanceof BaseObstacle) return error;
			throw error;
		});
		if (content instanceof BaseObstacle) return content.reason;
		const targets = new Map(content.pairs.map(({ target, ...shape }) => [target, shape]));
		const obstacle = adapterObstacle({ architecture: facts.architecture, targets }, header);
		if (obstacle !== null) return obstacle;
		baseName = content.baseName;
		await writeAdapter(output, content);
		return null;
	});
	return { format: 'peft', base, baseName, config: adapter.text };
}

/** Returns the index of the first base without an obstacle. Throws the first obstacle if there is none. */
async function firstFit(
	source: string,
	bases: readonly string[],
	obstacleOf: (path: string) => Promise<Said | null>,
): Promise<number> {
	let first: Said | null = null;
	for (const [index, path] of bases.entries()) {
		const obstacle = await obstacleOf(path);
		if (obstacle === null) return index;
		first ??= said`${obstacle} (${basename(path)})`;
	}
	const [only, second] = bases;
	if (only === undefined || first === null)
		throw adapterUnsuitable(source, said`the library has no model that it could change`);
	throw adapterUnsuitable(
		source,
		second === undefined ? first : said`it fits none of ${amount(bases.length, 'model')}; of the first, ${first}`,
	);
}
