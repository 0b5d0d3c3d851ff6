import { describe, expect, test } from 'vitest';
import { parseFence, splitCode } from '../../../../renderer/conversation/markdown/code-segments.ts';

describe('code blocks', () => {
	test('short code is one segment; long code is split without loss', () => {
		const short = 'def f():\n    return 1\n';
		const long = Array.from({ length: 200 }, (_, index) => `def f_${index}():\n    return ${index}\n`).join('\n');
		expect(splitCode(short)).toEqual([short]);
		expect(splitCode(long).length).toBeGreaterThan(3);
		expect(splitCode(long).join('')).toBe(long);
		expect(
			splitCode(long)
				.slice(1)
				.every((segment) => segment.startsWith('def ')),
		).toBe(true);
	});

	test('growing code keeps its earlier segments', () => {
		const lines = Array.from(
			{ length: 300 },
			(_, index) => `line_${index} = "${index}"\n${index % 9 === 0 ? '\n' : ''}`,
		);
		const before = splitCode(lines.slice(0, 200).join(''));
		const after = splitCode(lines.join(''));
		expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
	});

	test.each([
		['```python\nx = 1\n```', { language: 'python', code: 'x = 1\n' }],
		['```\nplain', { language: null, code: 'plain' }],
		['~~~js title="a"\nx\n~~~', { language: 'js', code: 'x\n' }],
		['````md\n```\ninner\n```\n````', { language: 'md', code: '```\ninner\n```\n' }],
		['```', { language: null, code: '' }],
		['  ```js\n  x\n  ```', { language: 'js', code: 'x\n' }],
	])('the fence %j is parsed', (block, expected) => {
		expect(parseFence(block)).toEqual(expected);
	});
});
