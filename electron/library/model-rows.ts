import { type FailureFacts, failureSchema } from '../../models/contract/failure.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { measuredSpeed } from './loaded/measured-threads.ts';
import { lineageOf, type ModelFileRow, type StoredFacts } from './store/model-files.ts';
import { parseModelSetting } from './store/model-settings.ts';

/** Returns what was wrong with the file at the last check; null if nothing was. */
export function storedFailure({ problem }: ModelFileRow): FailureFacts | null {
	if (problem === null) return null;
	const parsed = failureSchema.safeParse(JSON.parse(problem));
	return parsed.success ? parsed.data : null;
}

/** Converts a row for the pages. */
export function asModelFile(row: ModelFileRow, problem: FailureFacts | null): ModelFile {
	const {
		modifiedAt,
		chatTemplateHash,
		catalogueId,
		isDefault,
		hasChosenTemplate,
		recommendedSampling,
		quantizedFrom,
		threadTrials,
		...rest
	} = row;
	const recommended = parseModelSetting('recommended-sampling', recommendedSampling);
	const speed = measuredSpeed(parseModelSetting('thread-trials', threadTrials));
	return {
		...rest,
		lineage: lineageOf(row),
		...(recommended === null ? {} : { recommendedSampling: recommended }),
		...(quantizedFrom === null ? {} : { quantizedFrom }),
		chat: (chatTemplateHash !== null || hasChosenTemplate === 1) && row.kind === 'model',
		copies: [],
		tokensPerSecond: speed.tokensPerSecond,
		speedUnderLoad: speed.underLoad,
		default: isDefault === 1,
		problem,
	};
}

/** Returns the row values of a file whose header could not be read. */
export function unknownFacts(sizeBytes: number): StoredFacts {
	return {
		sizeBytes,
		architecture: '',
		parameters: 0,
		quantization: '',
		contextLength: null,
		chatTemplateHash: null,
		license: null,
		kind: 'model',
		parts: 1,
		tensors: [],
		lineage: null,
	};
}

/** Orders files with the same weights by which represents them: a usable one, the default, the oldest. */
function preferredCopy(a: ModelFile, b: ModelFile): number {
	return (
		Number(a.problem !== null) - Number(b.problem !== null) ||
		Number(b.default) - Number(a.default) ||
		a.addedAt - b.addedAt ||
		a.id - b.id
	);
}

/** Merges files with the same weights into one entry that names the others; keeps the order of the entries. */
export function mergeCopies(files: readonly ModelFile[]): readonly ModelFile[] {
	const groups = new Map<string, ModelFile[]>();
	for (const file of files) {
		if (file.sha256 === null) continue;
		groups.set(file.sha256, [...(groups.get(file.sha256) ?? []), file]);
	}
	return files.flatMap((file) => {
		const group = file.sha256 === null ? [file] : (groups.get(file.sha256) ?? [file]);
		const [first = file, ...others] = group.toSorted(preferredCopy);
		if (first.id !== file.id) return [];
		const isDefault = group.some((one) => one.default);
		return [{ ...file, default: isDefault, copies: others.map(({ id, path }) => ({ id, path })) }];
	});
}
