import { expect, test } from 'vitest';
import { TextLeaks } from '../../../electron/adaptation/text-leaks.ts';

test('a short text that stands in long ones is found, however they are cut, punctuated or written', () => {
	const leaks = new TextLeaks();
	const copied = leaks.add('What did the harbour master say to the captain before the storm of 1887 came in?');
	const half = leaks.add('The old lighthouse was painted white in May by nine men from the village, so people say.');
	const short = leaks.add('Who painted the lighthouse?');
	const five = leaks.add('Nobody knew the boat’s name');
	const other = leaks.add('How many nets did the fishermen mend on the morning after the storm had gone?');
	const chinese = leaks.add('灯塔是谁在五月涂成白色的呢');
	leaks.search('… “WHAT did the harbour master say to the captain, before the storm of 1887 came in?” Nobody knew.');
	leaks.search('The old lighthouse was painted white in May by nine men from the village. Who painted the lighthouse?');
	leaks.search('In truth nobody knew the boat’s name. 村里的人说灯塔是谁在五月涂成白色的呢，没有人知道。');
	expect([copied, half, five, chinese].map((number) => leaks.has(number))).toEqual([true, true, true, true]);
	// Four words stand anywhere by chance.
	expect([short, other].map((number) => leaks.has(number))).toEqual([false, false]);
});

test('words that stand before many questions are no sign of any of them', () => {
	const leaks = new TextLeaks();
	const before = 'Read the ticket below with care and answer with exactly one of the words that are allowed here:';
	const questions = Array.from(
		{ length: 20 },
		(_, at) => `${before} printer ${at} smokes badly since ${at} this morning`,
	);
	const numbers = questions.map((question) => leaks.add(question));
	leaks.search(`${before} nothing. And elsewhere: ${questions[3]}`);
	expect(numbers.filter((number) => leaks.has(number))).toEqual([numbers[3]]);
});
