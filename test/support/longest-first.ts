import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In a fresh checkout Vitest knows no durations and starts with the largest files. The screens test is a small file
 * that takes as long as ten others: started last, it would run on alone.
 */
const longest = /\/screens\.e2e\.test\.ts$/;

export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		const first = sorted.filter(({ moduleId }) => longest.test(moduleId));
		return [...first, ...sorted.filter((file) => !first.includes(file))];
	}
}
