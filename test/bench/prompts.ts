let stories = 0;

/**
 * Asks for far more text than the measurements generate, so that no answer ends early. Each prompt differs from its
 * first word, so that every answer begins with a prompt to process. (After a cached prompt the first tokens come late:
 * the scheduler puts both threads of an idle process on one core and takes up to 50 ms to notice, with any llama.cpp.)
 */
export function longAnswerPrompt(): string {
	stories += 1;
	return (
		`Story ${stories}. Write a very long and detailed story about a lighthouse keeper, her daughter and the storm of ` +
		`1897. Describe every room of the lighthouse, every ship that passes, and everything they say to each other.`
	);
}

const words = (
	'harbour lantern granite winter letter captain window tide ladder signal island copper ' +
	'morning rope gull barrel chart anchor candle engine weather bell pilot stone'
).split(' ');

/**
 * Makes a text of about `tokens` tokens (one a word with the starter's vocabulary) that differs from its first word for
 * every `salt`, so that no cache holds a prefix of it. The same salt gives the same text.
 */
export function text(tokens: number, salt: number): string {
	let state = (salt + 1) * 2_654_435_761;
	const picked: string[] = [];
	for (let index = 0; index < tokens; index += 1) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		picked.push(words[state % words.length]!);
	}
	return `${salt} ${picked.join(' ')}.`;
}

/** Renders one user turn as the starter's template does; other models are as fast on the same tokens. */
export function rendered(userText: string): string {
	const system = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face';
	return (
		`<|im_start|>system\n${system}<|im_end|>\n` + `<|im_start|>user\n${userText}<|im_end|>\n<|im_start|>assistant\n`
	);
}
