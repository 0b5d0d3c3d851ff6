import { expect, test, vi } from 'vitest';
import { stuckWatch } from '../../../models/native/process.ts';

const idle = { cpuMs: 100, residentBytes: 1, peakResidentBytes: 1 };

test('a process is stuck after two idle minutes, not after a computer slept', () => {
	vi.useFakeTimers();
	try {
		const watch = stuckWatch();
		const beats = (count: number): boolean =>
			Array.from({ length: count }, () => {
				vi.advanceTimersByTime(1000);
				return watch.beat(idle);
			}).some(Boolean);
		expect(beats(60)).toBe(false);
		vi.advanceTimersByTime(3_600_000);
		expect(beats(10)).toBe(false);
		expect(beats(60)).toBe(true);
		watch.progress();
		expect(beats(110)).toBe(false);
	} finally {
		vi.useRealTimers();
	}
});
