import type { Arm, Run } from '../../contract/evaluation/schema.ts';
import { inputText } from '../../prompt/same-question.ts';
import { type ExportedRow, type ExportWriter, elements, modelName, openWith } from './export-writer.ts';

const statuses: Record<Run['status'], string> = {
	waiting: 'started',
	running: 'started',
	paused: 'started',
	done: 'success',
	failed: 'error',
	cancelled: 'cancelled',
};

function time(ms: number | null): string {
	return ms === null ? '' : new Date(ms).toISOString();
}

/** Inspect's letters if a score is right or wrong; other scores stay numbers. */
function value(score: number | null): number | 'C' | 'I' | 'N' {
	return score === null ? 'N' : score === 1 ? 'C' : score === 0 ? 'I' : score;
}

function scoresOf(arm: Arm) {
	return Object.entries(arm.metrics).map(([name, metric]) => ({
		name,
		scorer: name,
		params: {},
		scored_samples: metric.n,
		unscored_samples: metric.unscored,
		metrics: {
			accuracy: { name: 'accuracy', value: metric.value, params: {} },
			stderr: { name: 'stderr', value: metric.standardError, params: {} },
		},
	}));
}

function sampleOf({ arm, sample, epoch, failure, output, answer, scores, stopReason, ms, ...row }: ExportedRow) {
	const usage = {
		input_tokens: row.promptTokens,
		output_tokens: row.completionTokens,
		total_tokens: row.promptTokens + row.completionTokens,
	};
	const input = typeof sample.input === 'string' ? sample.input : sample.input.map((turn) => ({ ...turn }));
	const reason = stopReason === 'max-tokens' || stopReason === 'context-full' ? 'max_tokens' : 'stop';
	const message = { role: 'assistant', content: output, source: 'generate' };
	return {
		id: sample.key,
		epoch: epoch + 1,
		input,
		target: sample.target ?? '',
		...(sample.choices === null ? {} : { choices: sample.choices }),
		messages: [{ role: 'user', content: inputText(sample) }, ...(failure === null ? [message] : [])],
		output: {
			model: modelName(arm),
			choices: failure === null ? [{ message, stop_reason: reason }] : [],
			usage,
			...(ms === null ? {} : { time: ms / 1000 }),
			...(failure === null ? {} : { error: failure.message }),
		},
		scores: Object.fromEntries(
			scores.map((score) => [
				score.scorer,
				{ value: value(score.value), answer: answer ?? output, explanation: score.explanation },
			]),
		),
		metadata: sample.metadata,
		store: {},
		events: [],
		attachments: {},
		model_usage: { [modelName(arm)]: usage },
		...(failure === null ? {} : { error: { message: failure.message, traceback: '', traceback_ansi: '' } }),
	};
}

/** An Inspect AI log (version 2) of one combination: prompt, technique, model and parameters. */
export const inspectWriter: ExportWriter = {
	extension: 'json',
	head(run, [arm]) {
		if (arm === undefined) throw new Error('a log of no arm');
		const { manifest } = run;
		const { temperature, topK, topP, presencePenalty, frequencyPenalty, maxTokens, stop } = arm.parameters;
		const config = {
			temperature,
			top_k: topK,
			top_p: topP,
			...(presencePenalty === undefined ? {} : { presence_penalty: presencePenalty }),
			...(frequencyPenalty === undefined ? {} : { frequency_penalty: frequencyPenalty }),
			max_tokens: maxTokens,
			stop_seqs: stop,
			seed: manifest.seed,
		};
		return openWith(
			{
				version: 2,
				status: statuses[run.status],
				eval: {
					eval_id: `${run.manifestHash.slice(0, 22)}-${arm.position}`,
					run_id: run.manifestHash.slice(0, 22),
					created: time(run.createdAt),
					task: run.name,
					task_id: run.manifestHash.slice(0, 22),
					task_version: 0,
					task_file: null,
					task_attribs: {},
					task_args: { technique: arm.technique, prompt: arm.prompt },
					dataset: { name: run.dataset.name, samples: run.dataset.samples, shuffled: false },
					model: modelName(arm),
					model_args: {},
					model_roles: {},
					model_generate_config: config,
					config: { epochs: manifest.epochs, epochs_reducer: ['mean'], fail_on_error: false },
					packages: { assay: manifest.engineBuild },
					scorers: run.scorers.map((name) => ({ name, options: {}, metrics: [], metadata: {} })),
					metadata: {
						manifest_hash: run.manifestHash,
						combination: arm.label,
						...(manifest.marked === undefined ? {} : { outputs_of_manifest: manifest.marked.manifestHash }),
					},
				},
				plan: { name: 'plan', steps: [], config },
				results: {
					total_samples: arm.total,
					completed_samples: arm.n - arm.errors,
					scores: scoresOf(arm),
				},
				stats: {
					started_at: time(run.startedAt),
					completed_at: time(run.endedAt),
					model_usage: {
						[modelName(arm)]: {
							input_tokens: arm.promptTokens,
							output_tokens: arm.completionTokens,
							total_tokens: arm.promptTokens + arm.completionTokens,
						},
					},
				},
				...(run.failure === null ? {} : { error: { message: run.failure.message, traceback: '', traceback_ansi: '' } }),
			},
			'samples',
		);
	},
	rows: (rows, { first }) => elements(rows.map(sampleOf), first),
	tail: () => '\n]}\n',
};
