import { isSameModel } from '../../electron/contract/comparison/same-model.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';

/** Bits of each weight in the file, by which the unquantised file comes first. */
const bitsPerWeight = ({ sizeBytes, parameters }: ModelFile): number => (parameters === 0 ? 0 : sizeBytes / parameters);

/** One model of the library with its files. */
export interface ModelChoice {
	/** The file with most bits per weight: the others are measured against it. */
	readonly reference: ModelFile;
	/** Files under the same name, largest first, without the reference. */
	readonly files: readonly ModelFile[];
	/** Files of the same shape under another name: fine-tunes, or copies that were renamed. */
	readonly others: readonly ModelFile[];
}

/** Lists the models of the library that can be compared, in the order of the library. */
export function listModelChoices(models: readonly ModelFile[]): readonly ModelChoice[] {
	const usable = models.filter(({ problem, kind }) => problem === null && kind === 'model');
	const choices: ModelChoice[] = [];
	for (const model of usable) {
		if (choices.some((one) => isUnder(one.reference, model))) continue;
		const own = usable.filter((other) => isUnder(model, other)).toSorted((a, b) => bitsPerWeight(b) - bitsPerWeight(a));
		const [reference = model] = own;
		choices.push(describeChoice(usable, reference));
	}
	return choices;
}

const isUnder = (a: ModelFile, b: ModelFile): boolean => a.name === b.name && isSameModel(a, b);

/** The files that can be compared with this reference. */
export function describeChoice(models: readonly ModelFile[], reference: ModelFile): ModelChoice {
	const same = models
		.filter((file) => file.problem === null && file.id !== reference.id && isSameModel(file, reference))
		.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
	return {
		reference,
		files: same.filter(({ name }) => name === reference.name),
		others: same.filter(({ name }) => name !== reference.name),
	};
}
