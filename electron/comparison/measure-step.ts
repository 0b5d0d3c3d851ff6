import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { greedySampling } from '../../models/contract/default-sampling.ts';
import { Failure } from '../../models/contract/failure.ts';
import type { ChatTemplate } from '../../models/contract/load.ts';
import type { QuantizeType } from '../../models/contract/native/tasks.ts';
import { said } from '../../models/contract/said.ts';
import { requireAdapterFiles } from '../library/adapters/adapters.ts';
import { gpuOptions } from '../library/gpu-settings.ts';
import { ensureImatrix } from '../library/importance-matrix.ts';
import { removeEmptyFolder } from '../library/quantized-files.ts';
import { measureChatLatency } from './chat-latency.ts';
import type { ComparisonContext } from './context.ts';
import { prepareStorePath } from './distribution-stores.ts';
import type { TaskKind } from './plan-task.ts';
import type { Step, StepResults } from './steps.ts';
import type { StoredCandidate, StoredComparison } from './store.ts';
import {
	type ComparisonSubject,
	depthsOf,
	deviceOf,
	guideOf,
	promptLengthsOf,
	promptsOf,
	threadsOf,
} from './subject.ts';

/** Whether only one file at a time should be in memory. */
async function needsStore(
	{ fitTogether }: ComparisonContext,
	{ store, contextSize }: StoredComparison,
	paths: readonly [string, string],
): Promise<boolean> {
	return store === 'always' || (store === 'auto' && !(await fitTogether(paths, contextSize)));
}

function notInLibrary({ name }: StoredCandidate): Failure {
	return new Failure({
		code: 'model-unknown',
		message: said`${name} is no longer in the library, so its chat latency can’t be measured.`,
		next: [said`Add the file again`, said`Start a comparison without the latency in chat`],
	});
}

/** Maximum tokens of an answer that is shown side by side. */
const answerTokens = 160;

export interface MeasureControl {
	readonly signal: AbortSignal;
	/** Completed share of the step, 0 to 1. */
	progress(share: number): void;
}

/** Returns the chat template chosen for a file. A file quantised for the comparison is asked as its reference. */
function templateOf(
	{ library }: ComparisonContext,
	{ modelFileId }: ComparisonSubject['candidates'][number],
): ChatTemplate | null {
	return modelFileId === null ? null : library.chatTemplate(modelFileId);
}

/** Measures one step in its own process. Throws the Failure of what can't be measured, or the signal's reason. */
export async function measureStep(
	context: ComparisonContext,
	subject: ComparisonSubject,
	step: Exclude<Step, { kind: TaskKind }>,
	control: MeasureControl,
): Promise<StepResults[Step['kind']]> {
	const candidate = subject.candidates.find(({ id }) => id === step.candidateId);
	const [reference] = subject.candidates;
	if (candidate === undefined || reference === undefined) throw new Error(`no candidate ${step.candidateId}`);
	const { native, openMeasurement } = context;
	const { comparison, texts } = subject;
	const { signal } = control;
	const threads = threadsOf(comparison);
	const imatrixSource = guideOf(comparison);
	const device = deviceOf(comparison);
	const own = candidate.modelFileId === null ? {} : gpuOptions(context.library.options(candidate.modelFileId));
	const gpu = device.gpu === undefined ? own : device;
	await requireAdapterFiles(candidate.adapters);
	const adapters = candidate.adapters.map(({ path, scale }) => ({ path, scale }));
	const withAdapters = adapters.length === 0 ? {} : { adapters };
	switch (step.kind) {
		case 'imatrix': {
			if (imatrixSource === null) throw new Error(`comparison ${comparison.id} has no importance matrix`);
			const progress = (chunk: number, chunks: number): void => control.progress(chunk / chunks);
			await ensureImatrix(native, imatrixSource, { model: reference.path, threads }, { signal, progress });
			return { matrix: imatrixSource.matrix };
		}
		case 'produce': {
			await mkdir(dirname(candidate.path), { recursive: true });
			const type = candidate.quantization as QuantizeType;
			try {
				const { result } = await native<'quantize'>(
					{
						kind: 'quantize',
						input: reference.path,
						outputs: [{ type, path: candidate.path }],
						imatrix: imatrixSource?.matrix ?? null,
						allowRequantize: true,
						overwrite: true,
						threads,
					},
					{ signal, onProgress: (each) => each.kind === 'quantize' && control.progress(each.done / each.total) },
				);
				const [output] = result.outputs;
				if (output === undefined) throw new Error('nothing was quantised');
				const { warnings, imatrix, conditions } = result;
				return { ...output, warnings, imatrix, conditions };
			} finally {
				await removeEmptyFolder(dirname(candidate.path));
			}
		}
		case 'quality': {
			const text = texts.find(({ position }) => position === step.text);
			if (text === undefined) throw new Error(`no text ${step.text}`);
			const other = candidate === reference ? null : reference.path;
			const apart = other !== null && (await needsStore(context, comparison, [other, candidate.path]));
			const path = apart ? await prepareStorePath(context.storesFolder, comparison.id, step.text) : '';
			const { result } = await native<'perplexity'>(
				{
					kind: 'perplexity',
					model: candidate.path,
					...withAdapters,
					reference: other,
					store: apart ? { path, keep: true } : null,
					text: text.path,
					contextSize: comparison.contextSize,
					chunks: comparison.chunks,
					threads,
					...device,
				},
				{ signal, onProgress: (each) => each.kind === 'perplexity' && control.progress(each.chunk / each.chunks) },
			);
			return result;
		}
		case 'answers': {
			const chosen = templateOf(context, candidate) ?? templateOf(context, reference);
			const chatTemplate = chosen === null ? {} : { chatTemplate: chosen };
			const session = await openMeasurement({
				model: candidate.path,
				...withAdapters,
				width: 1,
				threads,
				...gpu,
				...chatTemplate,
				signal,
			});
			try {
				const prompts = promptsOf(comparison);
				const sampling = { ...greedySampling, maxTokens: answerTokens };
				const asked = prompts.map((text) => ({
					prompt: session.facts.chat ? { turns: [{ role: 'user' as const, content: text }] } : { text },
					sampling,
					seed: 0,
				}));
				const onRow = (index: number): void => control.progress((index + 1) / prompts.length);
				return { rows: [...(await session.generate(asked, { signal, onRow }))] };
			} finally {
				await session.close();
			}
		}
		case 'felt': {
			if (candidate.modelFileId === null) throw notInLibrary(candidate);
			const { modelFileId, path } = candidate;
			return await measureChatLatency(
				context,
				{ modelFileId, path, adapters, threads, device, lengths: promptLengthsOf(comparison) },
				control,
			);
		}
		case 'speed': {
			const tests = depthsOf(comparison).flatMap((depth) => [
				{ promptTokens: comparison.promptTokens, generatedTokens: 0, depth },
				{ promptTokens: 0, generatedTokens: comparison.generatedTokens, depth },
			]);
			const { result, peakResidentBytes } = await native<'bench'>(
				{
					kind: 'bench',
					model: candidate.path,
					...withAdapters,
					tests,
					repetitions: 1,
					settings: [{ threads }],
					...gpu,
				},
				{
					signal,
					onProgress: (each) =>
						each.kind === 'bench' && control.progress((each.done + each.repetition / 2) / tests.length),
				},
			);
			return { ...result, peakBytes: peakResidentBytes };
		}
	}
}
