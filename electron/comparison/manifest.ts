import { createHash } from 'node:crypto';
import type { Comparison, ComparisonManifest, ComparisonRow } from '../contract/comparison/schema.ts';

type Fact = ComparisonManifest['parts'][number]['facts'][number];

const whole = (value: number): string => value.toLocaleString('en');

/** Readable names of `conditions`, in display order. */
const conditionNames: Readonly<Record<string, string>> = {
	processor: 'Processor',
	cores: 'Cores',
	memory: 'Memory',
	threads: 'Threads',
	gpu: 'GPU',
	engine: 'Engine',
	systemInfo: 'Built for',
	power: 'Power',
	highestLoadBefore: 'Highest load before a step',
	lowestMegahertz: 'Lowest clock, MHz',
	highestMegahertz: 'Highest clock, MHz',
};

/** The facts that are known, under these names. */
function known(facts: Readonly<Record<string, string | number | null | undefined>>): Fact[] {
	return Object.entries(facts).flatMap(([name, value]) =>
		value === null || value === undefined || value === '' ? [] : [{ name, value: String(value) }],
	);
}

function fileFact({ name, sha256, sizeBytes, reference, fallbackWords, adapters }: ComparisonRow): Fact {
	const words = [
		...(reference ? ['reference'] : []),
		...(sizeBytes === null ? [] : [`${whole(sizeBytes)} bytes`]),
		sha256 === null ? 'hash unknown' : `sha256 ${sha256}`,
		...(fallbackWords === null ? [] : [fallbackWords]),
		...adapters.map((adapter) => `adapter ${adapter.name}, scale ${adapter.scale}, sha256 ${adapter.sha256}`),
	];
	return { name, value: words.join(', ') };
}

/** Texts as they were read, with how much of each was scored. */
function textFacts([reference]: readonly ComparisonRow[]): Fact[] {
	return (reference?.quality ?? []).flatMap(({ category, textSha256, tokens, chunks }) =>
		category === null
			? []
			: [
					{
						name: category,
						value: `${whole(tokens)} tokens scored in ${whole(chunks)} chunks, sha256 ${textSha256 ?? 'unknown'}`,
					},
				],
	);
}

function taskFacts(task: Comparison['plan']['task'], run: Comparison['run'], samples: number | undefined): Fact[] {
	if (task === null || run === null) return [];
	return known({
		Dataset: `${run.datasetName} v${run.versionNumber}`,
		Split: task.dataset.split,
		Samples: samples ?? task.dataset.limit,
		'Prompt version': task.promptVersionId,
		Technique: task.technique === null ? null : JSON.stringify(task.technique),
		Scorer: task.scorer === null ? run.scorer : JSON.stringify(task.scorer),
		'Token limit': task.maxTokens,
		Seed: task.seed,
		'Evaluation run': run.runId,
	});
}

/** Hash of everything that the figures depend on, except the computer and the time. */
function hashOf({ plan, rows, run, toolsRun, conditions }: Comparison): string {
	const { contextSize, promptTokens, generatedTokens, depths, prompts, task, tools, store } = plan;
	const content = {
		engine: conditions.engine ?? null,
		files: rows.map(({ sha256, reference, adapters }) => ({
			sha256,
			reference,
			...(adapters.length === 0 ? {} : { adapters: adapters.map((one) => [one.sha256, one.scale]) }),
		})),
		texts: (rows[0]?.quality ?? []).map(({ textSha256, chunks }) => ({ textSha256, chunks })),
		contextSize,
		promptTokens,
		generatedTokens,
		depths,
		prompts,
		store,
		task: task === null ? null : { ...task, dataset: { ...task.dataset, name: run?.datasetName } },
		// Left out without tool tasks, so that no earlier hash changes.
		...(tools === null ? {} : { tools: { ...tools, dataset: { ...tools.dataset, name: toolsRun?.datasetName } } }),
	};
	return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** The manifest of what was run, for a comparison whose files have their hashes. */
export function manifestOf(comparison: Comparison): ComparisonManifest {
	const { id, title, status, done, total, plan, rows, conditions, createdAt, endedAt, importedFrom } = comparison;
	const time = (at: number | null): string | null =>
		at === null ? null : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
	const memory =
		conditions.memoryBytes === undefined ? null : `${(Number(conditions.memoryBytes) / 1e9).toFixed(1)} GB`;
	const here: Comparison['conditions'] = { ...conditions, ...(memory === null ? {} : { memory }) };
	const measured = {
		'Chunk, tokens': plan.contextSize,
		'Chunks of each text': plan.texts.length === 0 ? null : (plan.chunks ?? 'all'),
		'Prompt for speed, tokens': plan.promptTokens,
		'Generated for speed, tokens': plan.generatedTokens,
		Repetitions: plan.repetitions,
		'Depths, tokens': plan.depths.join(', '),
		'KL divergence limit, nats': plan.klLimit,
		'Both files in memory': { auto: 'if they fit', always: 'no, two passes', never: 'yes' }[plan.store],
		'Latency in chat': plan.felt ? 'measured' : null,
		'Importance matrix text': plan.imatrixText,
	};
	const parts = [
		{
			title: 'Comparison',
			facts: known({
				Number: id,
				Title: title,
				Measured: `${done} of ${total}, ${status}`,
				From: importedFrom,
				Started: time(createdAt),
				Completed: time(endedAt),
			}),
		},
		{
			title: 'Computer and engine',
			facts: known(Object.fromEntries(Object.entries(conditionNames).map(([key, name]) => [name, here[key]]))),
		},
		{ title: 'Files', facts: rows.map(fileFact) },
		{ title: 'Settings', facts: known(measured) },
		{ title: 'Texts', facts: textFacts(rows) },
		{
			title: 'Samples',
			facts: taskFacts(plan.task, comparison.run, rows.flatMap(({ accuracy }) => accuracy?.metric?.n ?? [])[0]),
		},
		{
			title: 'Tool tasks',
			facts: taskFacts(plan.tools, comparison.toolsRun, rows.flatMap(({ toolCalls }) => toolCalls?.metric?.n ?? [])[0]),
		},
		{ title: 'Prompts', facts: plan.prompts.map((value, index) => ({ name: String(index + 1), value })) },
	];
	return { hash: hashOf(comparison), parts: parts.filter(({ facts }) => facts.length > 0) };
}
