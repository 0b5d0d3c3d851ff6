import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import type { QuantizeType } from '../../../models/contract/native/tasks.ts';
import { quantizeTypeOf } from '../../../models/native/quantize/quantize-types.ts';
import { type Comparison, type ComparisonPlan, comparisonPlanSchema } from '../../contract/comparison/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { chooseModel } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples, numberBetween, wholeNumber } from './command.ts';
import { comparisonText, nothingMeasured } from './comparison-text.ts';
import { findDataset } from './datasets/find-dataset.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { gpuLayersOption, gpuOption } from './gpu-option.ts';
import { collect } from './list-option.ts';
import { withApplication } from './with-application.ts';

interface CompareOptions {
	readonly reference?: string;
	readonly candidates?: string;
	readonly quantize?: string;
	readonly imatrixText?: string;
	readonly text: readonly string[];
	readonly context: number;
	readonly chunks?: number;
	readonly prompt: number;
	readonly generate: number;
	readonly repetitions: number;
	readonly depth: string;
	readonly ask: readonly string[];
	readonly dataset?: string;
	readonly split?: string;
	readonly samples?: number;
	readonly threads: number;
	readonly limit: number;
	readonly store: ComparisonPlan['store'];
	readonly felt: boolean;
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
	readonly resume?: number;
	readonly again?: number;
	readonly more?: number;
	readonly markdown?: string;
}

const pollMs = 250;

const stores = comparisonPlanSchema.shape.store.unwrap().options;

/** `assay compare`: quality, speed and memory of several files of one model, and which to use. */
export const addCompare: AddCommands = (program, execute) => {
	program
		.command('compare')
		.description('compare quantisations of a model on this computer, and say which to use')
		.option('--reference <model>', 'what the others are measured against, best an unquantised file')
		.option('--candidates <model,…>', 'files of the same model')
		.option('--quantize <type,…>', 'files to be made of the reference first')
		.option('--imatrix-text <file>', 'text that an importance matrix is computed from, for the files to be made')
		.option('--text <file>', 'text to measure on; may be given several times', collect, [])
		.option('--context <tokens>', 'length of a chunk', wholeNumber(64, 131_072), 512)
		.option('--chunks <n>', 'only so many chunks of each text', wholeNumber(2))
		.option('--prompt <tokens>', 'length of the prompt for the speed', wholeNumber(1, 131_072), 512)
		.option('--generate <tokens>', 'tokens generated for the speed', wholeNumber(1, 131_072), 128)
		.option('--repetitions <n>', 'times each speed is measured', wholeNumber(1, 100), 5)
		.option('--depth <tokens,…>', 'context that is filled before speed is measured, e.g. 0,512,2048', '0')
		.option('--ask <prompt>', 'prompt that every file answers; may be given several times', collect, [])
		.option('--dataset <name>', 'samples that every file answers: paired accuracy decides between good files')
		.option('--split <name>', 'only this split of the dataset')
		.option('--samples <n>', 'only so many samples, taken from all over the dataset', wholeNumber(1))
		.option('--threads <n>', 'threads; 0 for all cores', wholeNumber(0, 256), 0)
		.option('--limit <nats>', 'mean KL divergence that rules a file out', numberBetween(0.0001, 10), 0.1)
		.addOption(
			new Option('--store <when>', 'two passes that keep only one model in memory; the KL divergence is estimated then')
				.choices(stores)
				.default('auto'),
		)
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.option('--felt', 'also loads, first words and times between words through the chat', false)
		.option('--resume <id>', 'go on with a comparison that was interrupted', wholeNumber(1))
		.option('--again <id>', 'the same once more, exactly: same files, texts, samples and settings', wholeNumber(1))
		.option('--more <id>', 'measure one that is done on more: --chunks, --samples', wholeNumber(1))
		.option('--markdown <file>', 'also write the result as Markdown')
		.addHelpText(
			'after',
			examples(
				'compare --reference model.F16.gguf --quantize Q8_0,Q4_K_M --text notes.txt',
				'compare --reference model.F16.gguf --quantize Q4_K_M --dataset Arithmetic --samples 100',
				'compare --reference SmolLM2 --candidates a.gguf,b.gguf --text a.txt --text b.txt --json',
				'compare --more 3 --samples 480',
			),
		)
		.action((options: CompareOptions, command: Command) => execute(command, (context) => compare(context, options)));
};

function typesOf(text: string | undefined): QuantizeType[] {
	return (text ?? '')
		.split(',')
		.filter((name) => name.trim() !== '')
		.map((name) => {
			const type = quantizeTypeOf(name.trim());
			if (type === null) throw new UsageError(`there is no type "${name.trim()}"`);
			return type;
		});
}

function depthsOf(text: string): number[] {
	return text.split(',').map((part) => {
		const depth = Number(part.trim());
		if (Number.isInteger(depth) && depth >= 0 && depth <= 131_072) return depth;
		throw new UsageError(`"${part.trim()}" is no number of tokens for --depth`);
	});
}

async function taskOf(client: Client, { dataset, split, samples }: CompareOptions) {
	if (dataset === undefined) {
		if (split === undefined && samples === undefined) return null;
		throw new UsageError('--split and --samples say which samples of a dataset: --dataset <name>');
	}
	const { id } = await findDataset(client, dataset);
	return { dataset: { datasetId: id, split: split ?? null, limit: samples ?? null } };
}

async function begin(client: Client, options: CompareOptions): Promise<Comparison> {
	if (options.gpuLayers !== undefined && options.gpu === undefined) {
		throw new UsageError('--gpu-layers says how much of a model is on a GPU: --gpu <device>');
	}
	const { resume, again, more, chunks, samples } = options;
	if (resume !== undefined) return client.comparisons.resume({ id: resume });
	if (again !== undefined) return client.comparisons.again({ id: again });
	if (more !== undefined) {
		if (chunks === undefined && samples === undefined) {
			throw new UsageError('--more needs to know what of: --chunks <n> or --samples <n>');
		}
		return client.comparisons.grow({ id: more, chunks, samples });
	}
	if (options.reference === undefined) throw new UsageError('a reference is missing: --reference <model>');
	const names = (options.candidates ?? '').split(',').filter((name) => name.trim() !== '');
	const reference = await chooseModel(client, options.reference);
	const candidates = [];
	for (const name of names) candidates.push(await chooseModel(client, name.trim()));
	return client.comparisons.start({
		referenceId: reference.id,
		candidateIds: candidates.map(({ id }) => id),
		quantize: typesOf(options.quantize),
		imatrixText: options.imatrixText === undefined ? null : resolve(options.imatrixText),
		texts: options.text.map((path) => resolve(path)),
		contextSize: options.context,
		chunks: options.chunks ?? null,
		promptTokens: options.prompt,
		generatedTokens: options.generate,
		repetitions: options.repetitions,
		depths: depthsOf(options.depth),
		prompts: [...options.ask],
		task: await taskOf(client, options),
		threads: options.threads,
		klLimit: options.limit,
		store: options.store,
		felt: options.felt,
		...(options.gpu === undefined ? {} : { gpu: options.gpu, gpuLayers: options.gpuLayers ?? 'auto' }),
	});
}

async function compare(context: CommandContext, options: CompareOptions): Promise<number> {
	const { output, interrupt } = context;
	return withApplication(context, async (client) => {
		let comparison = await begin(client, options);
		const { id } = comparison;
		while (comparison.status === 'waiting' || comparison.status === 'running') {
			const { done, total, doing, secondsLeft } = comparison;
			const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
			output.progress(`step ${Math.min(done + 1, total)} of ${total}: ${doing ?? 'waiting'}${left}`);
			await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
			if (interrupt.signal.aborted) {
				await client.comparisons.pause({ id });
				output.note(`Paused. Go on with: assay compare --resume ${id}`);
				return interrupt.exitCode;
			}
			comparison = await client.comparisons.get({ id });
		}
		if (comparison.failure !== null) throw new Failure(comparison.failure);
		if (options.markdown !== undefined) {
			const { text } = await client.comparisons.export({ id, format: 'markdown' });
			await writeFile(options.markdown, text);
		}
		output.result({ ...comparison, verdict: comparison.verdict ?? nothingMeasured }, comparisonText(comparison));
		return exitCode.done;
	});
}
