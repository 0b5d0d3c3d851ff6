import { expect, test } from 'vitest';
import { createMessageTree } from '../../../../renderer/conversation/thread/message-tree.ts';

const own = (content: string, parentId: number | null) =>
	({ role: 'user', content, status: 'complete', parentId }) as const;
const answer = (content: string, parentId: number) =>
	({ role: 'assistant', content, status: 'complete', parentId }) as const;

test('a temporary conversation has branches like a stored one, with negative ids', () => {
	const tree = createMessageTree(() => 5);
	const question = tree.add(own('one', null));
	const first = tree.add(answer('red', question.id));
	const second = tree.add(answer('green', question.id));
	tree.add(own('two', second.id));
	const contents = () => tree.branch().map(({ content }) => content);
	expect(contents()).toEqual(['one', 'green', 'two']);
	expect(tree.branch().every(({ id }) => id < 0)).toBe(true);
	expect(tree.branch()[1]?.siblings).toEqual([first.id, second.id]);
	tree.select(first.id);
	expect(contents()).toEqual(['one', 'red']);
	tree.select(second.id);
	expect(contents()).toEqual(['one', 'green', 'two']);
	tree.select(99);
	expect(contents()).toEqual(['one', 'green', 'two']);
});

test('a message that gains a sibling version is a new object, so that it is drawn again', () => {
	const tree = createMessageTree();
	const first = tree.add(own('one', null));
	tree.add(own('uno', null));
	expect(tree.get(first.id)).not.toBe(first);
	expect(tree.get(first.id)?.siblings).toHaveLength(2);
});
