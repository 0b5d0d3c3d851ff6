import type { FailureFacts } from '../../../models/contract/failure.ts';

/** Says that node-llama-cpp answered in place of the C API, why, and what to do. */
export function engineWarning({ message, next }: FailureFacts): string {
	return [
		`warning: node-llama-cpp answered in place of llama.cpp’s C API. ${message}`,
		...next.map((step) => `  - ${step}`),
	].join('\n');
}
