import { expect, test } from 'vitest';
import {
	noHistory,
	recordStep,
	recordTyping,
	redoStep,
	type TextState,
	undoStep,
} from '../../../renderer/writing/text-history.ts';

const at = (text: string): TextState => ({ text, start: text.length, end: text.length });

test('keys typed in quick succession are undone together; a pause starts a new step', () => {
	let history = recordTyping(noHistory, at(''), 0);
	history = recordTyping(history, at('a'), 300);
	history = recordTyping(history, at('ab'), 2_000);
	const first = undoStep(history, at('abc'));
	expect(first?.state.text).toBe('ab');
	expect(undoStep(first!.history, first!.state)?.state.text).toBe('');
});

test('what a model wrote is one step, and typing after it another', () => {
	let history = recordTyping(noHistory, at(''), 0);
	history = recordStep(history, at('a'));
	history = recordTyping(history, at('a and more'), 100);
	const typed = undoStep(history, at('a and more!'));
	expect(typed?.state.text).toBe('a and more');
	const written = undoStep(typed!.history, typed!.state);
	expect(written?.state.text).toBe('a');
	expect(redoStep(written!.history, written!.state)?.state.text).toBe('a and more');
});

test('a change after an undo forgets what was undone', () => {
	const undone = undoStep(recordStep(noHistory, at('a')), at('b'));
	const history = recordTyping(undone!.history, undone!.state, 10);
	expect(redoStep(history, at('c'))).toBeNull();
	expect(undoStep(noHistory, at('a'))).toBeNull();
});

test('old steps are dropped, the newest stays however long it is', () => {
	let history = noHistory;
	for (let step = 0; step < 600; step += 1) history = recordStep(history, at(String(step)));
	expect(history.past).toHaveLength(500);
	const long = recordStep(recordStep(noHistory, at('x')), at('y'.repeat(21_000_000)));
	expect(long.past).toHaveLength(1);
});
