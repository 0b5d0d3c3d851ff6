import type { LlamaContext, LlamaContextOptions, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import { adapterUnsuitable } from '../../adapters/adapter-facts.ts';
import type { LoraAdapter } from '../../contract/load.ts';
import { said } from '../../contract/said.ts';
import { fileMark } from '../../file-mark.ts';
import { checkAdapter } from '../../native/lora-adapter.ts';

/** The context of a model, which its LoRA adapters belong to: other adapters mean another context. */
export interface Contexts {
	readonly sequence: LlamaContextSequence;
	/** Throws Failure `adapter-unsuitable`, and then keeps the adapters of before. */
	setAdapters(adapters: readonly LoraAdapter[]): Promise<void>;
	/** Creates it again, empty. */
	renew(): Promise<void>;
	dispose(): Promise<void>;
}

/** Creates the context with its first adapters. */
export async function openContexts(
	model: LlamaModel,
	modelPath: string,
	options: LlamaContextOptions,
	first: readonly LoraAdapter[],
): Promise<Contexts> {
	let adapters: readonly LoraAdapter[] = [];
	let context: LlamaContext | null = null;
	let sequence: LlamaContextSequence | null = null;
	/** node-llama-cpp keeps an adapter by its path as long as the model, whatever becomes of the file. */
	const marks = new Map<string, string>();

	async function create(wanted: readonly LoraAdapter[]): Promise<void> {
		await context?.dispose();
		context = await model.createContext({
			...options,
			...(wanted.length === 0
				? {}
				: { lora: { adapters: wanted.map(({ path, scale }) => ({ filePath: path, scale })) } }),
		});
		sequence = context.getSequence();
		adapters = wanted;
	}

	async function setAdapters(wanted: readonly LoraAdapter[]): Promise<void> {
		for (const { path } of wanted) {
			await checkAdapter(path, modelPath);
			if ((marks.get(path) ?? fileMark(path)) !== fileMark(path)) {
				throw adapterUnsuitable(path, said`its file has changed since it was read; unload the model first`);
			}
			marks.set(path, fileMark(path));
		}
		const before = adapters;
		try {
			await create(wanted);
		} catch (error) {
			await create(before);
			throw adapterUnsuitable(
				wanted.map(({ path }) => path).join(', '),
				'llama.cpp refused it',
				error instanceof Error ? error.message : String(error),
			);
		}
	}

	await create([]);
	if (first.length > 0) await setAdapters(first);
	return {
		get sequence() {
			return sequence!;
		},
		setAdapters,
		renew: () => create(adapters),
		async dispose() {
			await context?.dispose();
		},
	};
}
