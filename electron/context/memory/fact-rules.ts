import type { Proposal } from './facts.ts';

/** Longer messages are mostly pasted: what they say is somebody else's. */
const longestMessage = 4_000;
/** A longer sentence is no fact. */
const longestSentence = 300;

/** A way to say something worth remembering. The group `fact` is what to remember; without it, the match as a whole. */
interface Rule {
	/** What it is about, where only one fact can be true; '': nothing. */
	readonly topic: '' | 'name' | 'home' | 'language';
	/** Matched against a whole sentence, without its last mark. */
	readonly pattern: RegExp;
}

const greeting = /^(?:hi|hello|hey|hallo|guten tag|bonjour|salut|hola|buenos días)(?: there)?[,.! ]+/iu;
const polite = `(?:please|bitte|s['’]il te plaît|s['’]il vous plaît|por favor)?,? ?`;
/** One to four words, each with a capital. */
const properName = String.raw`(?<name>\p{Lu}[\p{L}\p{M}'’.-]*(?: \p{Lu}[\p{L}\p{M}'’.-]*){0,3})`;

/** Stands before another statement of the person about themselves. */
const conjunction = /[,;]? (?:and|und|et|y) (?=(?:i|my|ich|mein|je|j['’]|mon|yo|vivo|me|mi|prefiero)\b)/giu;

/** The languages of the page: English, German, French, Spanish, Japanese, Chinese. */
const rules: readonly Rule[] = [
	// Remember that …
	rule(
		'',
		`${polite}(?:remember|keep in mind|don['’]t forget|note|make a note)(?: that|: ?| (?=(?:i|my|we|our)\\b)) ?(?<fact>.+)`,
	),
	rule(
		'',
		`${polite}(?:merke? dir|denk(?:e)? daran|vergiss nicht|behalte im kopf),? ?(?:bitte,? ?)?(?:dass |: ?)(?<fact>.+)`,
	),
	rule(
		'',
		`${polite}(?:souviens-toi|souvenez-vous|rappelle-toi|retiens|retenez|n['’]oublie pas|note) ?(?:bien )?(?:que |qu['’]|: ?)(?<fact>.+)`,
	),
	rule('', `${polite}(?:recuerda|recuerde|acuérdate de|no olvides|ten en cuenta|apunta) ?(?:que |: ?)(?<fact>.+)`),
	rule('', '(?<fact>.+?)(?:という?)?(?:こと|の)?を?、?(?:覚えて(?:おいて)?|忘れないで)(?:ください|下さい|ね)?'),
	rule('', '(?:请|請)?(?:你)?(?:记住|記住|记得|記得|别忘了|別忘了)[，,：: ]*(?<fact>.+)'),
	// My name is …
	cased('name', `[Mm]y name(?: is|['’]s) ${properName}`),
	cased('name', `(?:[Ii]ch heiße|[Mm]ein Name ist) ${properName}`),
	cased('name', `(?:[Jj]e m['’]appelle|[Mm]on nom est) ${properName}`),
	cased('name', `(?:[Mm]e llamo|[Mm]i nombre es) ${properName}`),
	rule('name', '(?:私|僕|俺|わたし)の名前は.{1,30}(?:です|だ|といいます)'),
	rule('name', '(?:我叫|我的名字(?:是|叫)).{1,20}'),
	// I live in …
	rule('home', `i (?:currently |now )?live (?:in|near) .{2,80}`),
	rule('home', `ich (?:wohne|lebe) (?:jetzt |zurzeit )?(?:in|bei|auf) .{2,80}`),
	rule('home', `j['’]habite (?:maintenant )?(?:à|en|au|aux|dans|près de) .{2,80}`),
	rule('home', `(?:yo )?vivo (?:ahora )?(?:en|cerca de) .{2,80}`),
	rule('home', '(?:私は|僕は)?.{1,30}に住んで(?:います|いる|る)'),
	rule('home', '我(?:现在)?住在.{1,30}'),
	// Always answer in …
	rule('language', `${polite}always (?:answer|reply|respond|write)(?: to me| me)? in .{2,80}`),
	rule('language', `${polite}(?:antworte|schreib(?:e)?)(?: mir)?(?: bitte)? immer (?:auf|in) .{2,80}`),
	rule('language', `${polite}(?:réponds|répondez|écris)(?:-moi)? toujours en .{2,80}`),
	rule('language', `${polite}(?:responde|contesta|escribe)(?:me)? siempre en .{2,80}`),
	rule('language', '(?:いつも|常に|必ず).{1,20}で(?:答えて|返事して|回答して|書いて)(?:ください|下さい|ね)?'),
	rule('language', '(?:请|請)?(?:总是|總是|一直|始终|始終)用.{1,20}(?:回答|回复|回覆)(?:我)?'),
	// I prefer …
	rule('', 'i (?:always |generally |much )?prefer .{2,200}'),
	rule('', 'ich (?:bevorzuge|ziehe) .{2,200}'),
	rule('', 'je préfère .{2,200}'),
	rule('', '(?:yo )?prefiero .{2,200}'),
	rule('', '(?:私は|僕は)?.{1,60}(?:の方|のほう)が(?:いい|好き)(?:です)?'),
	rule('', '我(?:更|比较|比較)喜欢.{1,100}'),
];

function rule(topic: Rule['topic'], pattern: string): Rule {
	return { topic, pattern: new RegExp(`^${pattern}$`, 'iu') };
}

/** Capitals matter: "my name is Ada", but not "my name is on the list". What follows the name is cut off. */
function cased(topic: Rule['topic'], pattern: string): Rule {
	return { topic, pattern: new RegExp(`^(?<fact>${pattern})(?=$|[,;:]| (?:and|und|et|y) )`, 'u') };
}

/**
 * Finds facts that a message states in plain words. Only what the person says in their own sentences: nothing in quotes,
 * code or long pasted texts, and no questions.
 */
export function findStatedFacts(message: string): Proposal[] {
	return sentencesOf(message).flatMap(({ sentence, asks }) =>
		asks ? [] : factsIn(sentence.replace(greeting, '')).map((fact) => ({ ...fact, quote: sentence })),
	);
}

type Found = Pick<Proposal, 'text' | 'topic'>;

/** The facts of a sentence: more than one if it states others after "and". */
function factsIn(said: string): Found[] {
	for (const { index, 0: and } of said.matchAll(conjunction)) {
		const rest = said.slice(index + and.length);
		if (statedBy(rest) !== null) return [statedBy(said.slice(0, index)) ?? [], factsIn(rest)].flat();
	}
	return [statedBy(said) ?? []].flat();
}

/** What a text states as a whole; null: nothing worth remembering. */
function statedBy(said: string): Found | null {
	for (const { topic, pattern } of rules) {
		const match = pattern.exec(said);
		if (match === null) continue;
		const text = (match.groups?.fact ?? match[0]).trim();
		return /[\p{L}\p{N}]/u.test(text) ? { text, topic } : null;
	}
	return null;
}

export interface Sentence {
	/** Without the mark at its end. */
	readonly sentence: string;
	readonly asks: boolean;
}

/** Returns the person's own sentences: without code, quoted lines, words in quotation marks, and without pasted texts. */
export function sentencesOf(message: string): Sentence[] {
	if (message.length > longestMessage) return [];
	const own = message
		.replaceAll(/(```|~~~)[\s\S]*?(?:\1|$)/g, '\n')
		.replaceAll(/`[^`\n]*`/g, '…')
		.replaceAll(/^[ \t]*[>|].*$/gm, '\n');
	return own
		.split(/\n+|(?<=[.!?。！？])(?:\s+|(?<=[。！？]))/u)
		.map((part) => part.trim())
		.filter((part) => part.length > 2 && part.length <= longestSentence && !/["“”„«»「」『』]/u.test(part))
		.map((part) => ({ sentence: part.replace(/[\s.!。！…]+$/u, ''), asks: /[?？]$/u.test(part) }));
}
