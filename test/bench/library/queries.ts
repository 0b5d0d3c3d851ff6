import { seededRandom } from '../../support/seeded-random.ts';
import { commonWords } from './words.ts';

/** Searches of one kind, as users type them. */
export interface QueryKind {
	readonly name: string;
	readonly texts: readonly string[];
}

/** Lists every kind of search, hardest first: the most common words, and all their prefixes as they are typed. */
export function queryKinds(): readonly QueryKind[] {
	const random = seededRandom(7);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
	const top = commonWords.slice(0, 60);
	const pairs = Array.from({ length: 60 }, () => `${pick(top)} ${pick(top)}`);
	return [
		{ name: 'the most common words', texts: top },
		{ name: 'as they are typed', texts: top.flatMap((word) => beginnings(word)) },
		{ name: 'two common words', texts: pairs },
		{ name: 'common words in a row', texts: pairs.map((pair) => `"${pair}"`) },
		{
			name: 'beginnings of all kinds',
			texts: ['st', 'str', 'stro', 'con', 'pre', 'th', 'qu', 'bla', 'tra', 'sp', 'spe', 'chi', 'ph', 'clou', 'drea'],
		},
		{
			name: 'a rare word with a common one',
			texts: commonWords.slice(150).map((word, index) => `${word} ${top[index % top.length]}`),
		},
		{ name: 'words that nothing holds', texts: ['zzzzyx', 'the zzzzyx', '"of the of the"', 'xylophonist and'] },
		{
			name: 'Chinese, Japanese, Korean',
			texts: ['的', '是', '不了', '日本', '日本語', '中国', '한국어', '이다', 'のは', '我在', '的一是', '学生'],
		},
		{ name: 'signs that no index has', texts: ['👍', '=>', '๑'] },
		{
			name: 'narrowed',
			texts: [
				'the tag:everyday',
				'the tag:rare',
				'of tag:once',
				'you in:"Folder 3"',
				'and after:2024-03 before:2024-05',
				'to on:2025',
				'the has:down',
				'a model:qwen3',
				'is from:me',
				'that is:archived',
				'the before:2024-01-10',
				'not tag:rare from:model',
			],
		},
		{
			name: 'filters alone',
			texts: ['tag:rare', 'has:up', 'in:"Folder 7"', 'after:30d from:me', 'model:gemma has:down', 'is:archived'],
		},
	];
}

function beginnings(word: string): string[] {
	return Array.from({ length: word.length }, (_, index) => word.slice(0, index + 1));
}
