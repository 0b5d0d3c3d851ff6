/** A rating of the previous answer that a message suggests, with the words that suggest it. */
export interface SuggestedSignal {
	readonly signal: 'praised' | 'contradicted';
	readonly evidence: string;
}

/**
 * Phrases at the start of a message that contradict an answer. Only the first sentence counts: later ones are about the
 * subject, not the answer.
 */
const contradictions: readonly RegExp[] = [
	/^(no|nope|nah)\b[,.! ]+(?!problem|worries|need|thanks|thank)/i,
	/^(that|this|it)(['’]s| is| was)? (just |simply |completely |still |also )?(wrong|incorrect|false|not (right|correct|true|what))/i,
	/^(that|this|it) (does not|doesn['’]t|did not|didn['’]t) (work|answer|help)/i,
	/^(you|you['’]re|you are) (got (it|that) wrong|wrong|mistaken|misunderst(ood|anding)|made (a|an) (mistake|error))/i,
	/\b(i|what i) (meant|mean)\b/i,
	/^(not what i (asked|meant|wanted)|i (asked|said|wanted|didn['’]t ask))/i,
	/^(wrong|incorrect|try again|not quite|that can['’]t be)\b/i,
	/^(nein|falsch|das (ist|stimmt) (falsch|nicht)|ich meinte|so nicht)\b/i,
	/^(non|faux|c['’]est faux|je voulais dire)\b/i,
	/^(eso (no es|est[áa] mal)|incorrecto|quise decir)\b/i,
];

const praises: readonly RegExp[] = [
	/^(many |great, |ok,? |okay,? |perfect,? )?(thanks|thank you|thx|ty|cheers)\b(?!.*\b(but|however)\b)/i,
	/^(perfect|excellent|brilliant|wonderful|awesome|great|exactly|spot on|nice|lovely|well done)\b(?!.*\b(but|however|except)\b)/i,
	/^(that|this|it)(['’]s| is| was)? (exactly|just|perfect|great|very|really|so)? ?(right|correct|helpful|perfect|great|what i (needed|wanted|meant))/i,
	/^(that|this|it) (works|worked|helps|helped)\b(?!.*\b(but|however)\b)/i,
	/^(danke|vielen dank|perfekt|super|genau)\b(?!.*\baber\b)/i,
	/^(merci|parfait)\b(?!.*\bmais\b)/i,
	/^(gracias|perfecto)\b(?!.*\bpero\b)/i,
];

/**
 * Detects a suggested rating by rules for a few languages; the user has to confirm it. null if the words suggest
 * nothing.
 */
export function suggestSignal(message: string): SuggestedSignal | null {
	const evidence = firstSentence(message);
	if (evidence === '') return null;
	if (contradictions.some((pattern) => pattern.test(evidence))) return { signal: 'contradicted', evidence };
	if (praises.some((pattern) => pattern.test(evidence))) return { signal: 'praised', evidence };
	return null;
}

function firstSentence(message: string): string {
	const line = message.trimStart().slice(0, 200).split('\n', 1)[0] ?? '';
	return (/^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line).trim();
}
