import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import type { QuantizeType } from '../../../models/contract/native/tasks.ts';
import { quantizeTypeOf } from '../../../models/native/quantize/quantize-types.ts';
import { type Comparison, type ComparisonPlan, comparisonPlanSchema } from '../../contract/comparison/schema.ts';
import { findDataset } from '../../contract/dataset/find-dataset.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { formatDuration } from '../../text/duration-words.ts';
import type { Client } from '../transport/rpc-client.ts';
import { adaptersNamed, repeated } from './adapter-option.ts';
import { chooseModel } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples, numberBetween, wholeNumber } from './command.ts';
import { comparisonText, nothingMeasured } from './comparison-text.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { gpuLayersOption, gpuOption } from './gpu-option.ts';
import { collect } from './list-option.ts';
import { withApplication } from './with-application.ts';

interface CompareOptions {
	readonly reference?: string;
	readonly candidates?: string;
	readonly quantize?: string;
	readonly imatrixText?: string;
	readonly adapter?: readonly string[];
	readonly adapterOn?: string;
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
	readonly tools?: string | true;
	readonly toolTasks?: number;
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
		.description('compare quantisations of a model on this computer and recommend one')
		.option('--reference <model>', 'file that the others are measured against, best an unquantised one')
		.option('--candidates <model,…>', 'files of the same model')
		.option('--quantize <type,…>', 'types to quantise from the reference and include')
		.option('--imatrix-text <file>', 'text for an importance matrix to quantise with')
		.option(
			'--adapter <a=scale+b>',
			'file with LoRA adapters as one more candidate; repeat for several scales',
			repeated,
		)
		.option('--adapter-on <model>', 'file that they are on (default: the reference)')
		.option('--text <file>', 'text to measure quality on; repeatable', collect, [])
		.option('--context <tokens>', 'tokens of a chunk', wholeNumber(64, 131_072), 512)
		.option('--chunks <n>', 'most chunks of each text (default: all)', wholeNumber(2))
		.option('--prompt <tokens>', 'tokens of the prompt for speed', wholeNumber(1, 131_072), 512)
		.option('--generate <tokens>', 'tokens generated for speed', wholeNumber(1, 131_072), 128)
		.option('--repetitions <n>', 'times each speed is measured; 1 gives no interval', wholeNumber(1, 100), 5)
		.option('--depth <tokens,…>', 'also measure speed with context filled to, e.g. 0,512,2048', '0')
		.option('--ask <prompt>', 'prompt that every file answers; repeatable', collect, [])
		.option('--dataset <name>', 'dataset that every file answers, for paired accuracy')
		.option('--split <name>', 'only this split of the dataset')
		.option('--samples <n>', 'most samples, spread over the dataset', wholeNumber(1))
		.option(
			'--tools [dataset]',
			'also measure whether every file calls the right tools (default: the set “Tool calls”)',
		)
		.option('--tool-tasks <n>', 'most tool tasks', wholeNumber(1))
		.option('--threads <n>', 'threads; 0 for all cores', wholeNumber(0, 256), 0)
		.option('--limit <nats>', 'mean KL divergence that rules a file out', numberBetween(0.0001, 10), 0.1)
		.addOption(
			new Option('--store <when>', 'measure in two passes with one model in memory; estimates the KL divergence')
				.choices(stores)
				.default('auto'),
		)
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.option('--felt', 'also measure latency in chat: loading, first token, pauses', false)
		.option('--resume <id>', 'resume an interrupted comparison', wholeNumber(1))
		.option('--again <id>', 'run a comparison again with the same files, texts, samples and settings', wholeNumber(1))
		.option('--more <id>', 'extend a complete comparison with --chunks or --samples', wholeNumber(1))
		.option('--markdown <file>', 'also write the result as Markdown')
		.addHelpText(
			'after',
			examples(
				'compare --reference model.F16.gguf --quantize Q8_0,Q4_K_M --text notes.txt',
				'compare --reference model.F16.gguf --quantize Q4_K_M --dataset Arithmetic --samples 100',
				'compare --reference SmolLM2 --candidates a.gguf,b.gguf --text a.txt --text b.txt --json',
				'compare --reference model.Q8_0.gguf --adapter tickets --adapter tickets=0.5 --dataset Tickets',
				'compare --reference model.F16.gguf --quantize Q8_0,Q4_K_M --tools',
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
		throw new UsageError(`"${part.trim()}" is not a number of tokens for --depth`);
	});
}

async function taskOf(client: Client, { dataset, split, samples }: CompareOptions) {
	if (dataset === undefined) {
		if (split === undefined && samples === undefined) return null;
		throw new UsageError('--split and --samples need --dataset <name>');
	}
	const { id } = await findDataset(client, dataset);
	return { dataset: { datasetId: id, split: split ?? null, limit: samples ?? null } };
}

/** Tool tasks: of the dataset that is named, else of the set that comes with Assay. */
async function toolsOf(client: Client, { tools, toolTasks }: CompareOptions) {
	if (tools === undefined) {
		if (toolTasks === undefined) return null;
		throw new UsageError('--tool-tasks needs --tools [dataset]');
	}
	const dataset =
		tools === true
			? (await client.datasets.list({})).datasets.find(({ starterId }) => starterId === 'tools')
			: await findDataset(client, tools);
	if (dataset === undefined)
		throw new UsageError('the set “Tool calls” was deleted; name a dataset: --tools <dataset>');
	return { dataset: { datasetId: dataset.id, limit: toolTasks ?? null } };
}

/** Files with adapters: one for each option, whose adapters are joined by "+". */
async function adaptedOf(client: Client, { adapter = [], adapterOn }: CompareOptions, reference: ModelFile) {
	if (adapter.length === 0) {
		if (adapterOn !== undefined) throw new UsageError('--adapter-on needs --adapter <name>');
		return [];
	}
	const { id } = adapterOn === undefined ? reference : await chooseModel(client, adapterOn);
	const adapted = [];
	for (const names of adapter) {
		adapted.push({ modelFileId: id, adapters: (await adaptersNamed(client, names.split('+'))) ?? [] });
	}
	return adapted;
}

async function begin(client: Client, options: CompareOptions): Promise<Comparison> {
	if (options.gpuLayers !== undefined && options.gpu === undefined) {
		throw new UsageError('--gpu-layers needs --gpu <device>');
	}
	const { resume, again, more, chunks, samples } = options;
	if (resume !== undefined) return client.comparisons.resume({ id: resume });
	if (again !== undefined) return client.comparisons.again({ id: again });
	if (more !== undefined) {
		if (chunks === undefined && samples === undefined) {
			throw new UsageError('--more needs --chunks <n> or --samples <n>');
		}
		return client.comparisons.grow({ id: more, chunks, samples });
	}
	if (options.reference === undefined) throw new UsageError('--reference <model> is missing');
	const names = (options.candidates ?? '').split(',').filter((name) => name.trim() !== '');
	const reference = await chooseModel(client, options.reference);
	const candidates = [];
	for (const name of names) candidates.push(await chooseModel(client, name.trim()));
	return client.comparisons.start({
		referenceId: reference.id,
		candidateIds: candidates.map(({ id }) => id),
		quantize: typesOf(options.quantize),
		adapted: await adaptedOf(client, options, reference),
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
		tools: await toolsOf(client, options),
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
			const { done, total, doing, secondsLeft, secondsLeftLearned, status } = comparison;
			const guess = secondsLeftLearned ? '' : ' (guess)';
			const left = secondsLeft === null ? '' : `, about ${formatDuration(secondsLeft)} left${guess}`;
			const words = status === 'waiting' ? 'waiting until another measurement is complete' : (doing ?? 'starting');
			output.progress(`step ${Math.min(done + 1, total)} of ${total}: ${words}${left}`);
			await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
			if (interrupt.signal.aborted) {
				await client.comparisons.pause({ id });
				output.note(`Paused. Resume with: assay compare --resume ${id}`);
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
