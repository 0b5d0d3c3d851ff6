import type { RowRecord } from '../read/rows.ts';
import { emptySample, type FileFacts, type Format, type ImportedSample } from './format.ts';
import { asText, asTexts, asTurns, choiceAt, isObject, letterIndex, textOrNull, variablesOf } from './values.ts';

const inspectFields = ['id', 'input', 'target', 'choices', 'metadata', 'sandbox', 'files', 'setup'];

/** Fields in Assay's own exports that Inspect lacks. */
const ownFields = ['tags', 'split', 'cluster', 'variables', 'key'];

/** Recognises samples of Inspect AI, and Assay's own JSON Lines, which extend them. */
export function inspectFormat({ head, field, name, container, seen }: FileFacts): Format | null {
	// Tables are read by their columns.
	if (container === 'table') return null;
	const log = field === 'samples' || /\.eval\//.test(name);
	if (!head.every((record) => record.input !== undefined)) return null;
	if (!log && !head.every(isOwn) && !head.some(isSample)) return null;
	const isLog = log && head.some((record) => record.epoch !== undefined);
	return {
		format: isLog ? 'inspect-log' : 'inspect-dataset',
		task: null,
		name: isLog ? 'an Inspect log' : 'Inspect samples',
		mapping: null,
		read(record) {
			if (isLog && isRepeated(record, seen)) return [];
			return readSample(record);
		},
	};
}

/** Every epoch repeats the same questions, but one that was cut off may lack some of them. */
function isRepeated(record: RowRecord, seen: Map<string, number>): boolean {
	const id = asText(record.id) || asText(record.input);
	const epoch = Number(record.epoch ?? 1);
	const first = seen.get(id);
	if (first === undefined) seen.set(id, epoch);
	return first !== undefined && first !== epoch;
}

/** Assay's own lines always contain both, even if empty. */
function isOwn(record: RowRecord): boolean {
	return isObject(record.variables) && isObject(record.metadata);
}

/** Distinguishes samples from a table with columns `input` and `target`: by a field that only such samples have. */
function isSample(record: RowRecord): boolean {
	return (
		record.target !== undefined &&
		(isObject(record.metadata) ||
			asTexts(record.choices) !== null ||
			asTurns(record.input) !== null ||
			record.sandbox !== undefined ||
			isObject(record.variables))
	);
}

function readSample(record: RowRecord): readonly ImportedSample[] | string {
	const turns = asTurns(record.input);
	const input = turns ?? textOrNull(record.input);
	if (input === null) return 'it has no input';
	const choices = asTexts(record.choices);
	const targets = asTexts(record.target) ?? [asText(record.target)];
	const byLetter = choices === null || targets.length !== 1 ? null : choiceAt(choices, letterIndex(targets[0]));
	const metadata = isObject(record.metadata) ? record.metadata : {};
	const variables = isObject(record.variables) ? record.variables : {};
	const others = variablesOf(record, [
		...inspectFields,
		...ownFields,
		'epoch',
		'messages',
		'output',
		'scores',
		'events',
		'store',
		'model_usage',
		'attachments',
		'uuid',
		'total_time',
		'working_time',
		'error',
		'limit',
		'error_retries',
	]);
	return [
		{
			...emptySample,
			key: textOrNull(record.id ?? record.key),
			input,
			target: byLetter?.target ?? textOrNull(targets[0]),
			choices,
			variables: { ...others, ...variablesOf(variables as RowRecord) },
			metadata: {
				...metadata,
				...(byLetter === null ? {} : { targetIndex: byLetter.targetIndex }),
				...(targets.length > 1 ? { targets } : {}),
			},
			tags: asTexts(record.tags) ?? [],
			cluster: textOrNull(record.cluster),
			split: textOrNull(record.split),
		},
	];
}
