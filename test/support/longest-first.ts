import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In a fresh checkout Vitest knows no durations and starts with the largest files. These take as long as ten others,
 * though they are not as large: started last, they would run on alone. `npm test` prints the slowest files.
 */
const longest =
	/\/(screens\.e2e|compare\.e2e|hostile-text\.e2e|measurer\.model|perplexity\.model|comparisons|extend|hostile-files|import\/hostile|published|small-samples|attach|attack\/server)\.test\.ts$/;

export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		const screens = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith('screens.e2e.test.ts'));
		const first = sorted
			.filter(({ moduleId }) => longest.test(moduleId))
			.sort((one, other) => screens(other) - screens(one));
		return [...first, ...sorted.filter((file) => !first.includes(file))];
	}
}
