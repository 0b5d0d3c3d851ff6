/**
 * The values that a message needs, read from its text by the type checker: `'{count, plural, one {# sample} other {#
 * samples}} of {name}'` needs a number `count` and `name`.
 */
export type MessageValues<Message extends string> = Shape<Scan<Unquoted<Message>>>;

/** The elements that a message with tags needs: `'Read the <link>guide</link>'` needs `link`. */
export type MessageElements<Message extends string> = Tags<Unquoted<Message>>;

/** What stands between quotes is plain text: `'{'`. A doubled quote, or one before anything else, is an apostrophe. */
type Unquoted<S extends string, Done extends string = ''> = S extends `${infer A}'${infer B}`
	? B extends `'${infer C}`
		? Unquoted<C, `${Done}${A}`>
		: B extends `${'{' | '}' | '<'}${string}`
			? B extends `${string}'${infer C}`
				? Unquoted<C, `${Done}${A}`>
				: `${Done}${A}`
			: Unquoted<B, `${Done}${A}`>
	: `${Done}${S}`;

/** Each parameter as `[name, kind]`. `Depth` holds what the open braces are: a text or the branches of a plural. */
type Scan<S extends string, Depth extends readonly ('text' | 'branches')[] = ['text'], Found = never> = Depth extends [
	infer Top,
	...infer Outer extends ('text' | 'branches')[],
]
	? NextBrace<S> extends [infer Brace, infer After extends string]
		? Brace extends '}'
			? Scan<After, Outer, Found>
			: Top extends 'branches'
				? Scan<After, ['text', ...Depth], Found>
				: After extends `${infer Head}}${infer Rest}`
					? Head extends `${infer Name},${infer Kind},${string}`
						? Scan<Skip<After>, ['branches', ...Depth], Found | [Trim<Name>, Trim<Kind>]>
						: Head extends `${infer Name},${infer Kind}`
							? Scan<Rest, Depth, Found | [Trim<Name>, Trim<Kind>]>
							: Scan<Rest, Depth, Found | [Trim<Head>, 'plain']>
					: Found
		: Found
	: Found;

/** What comes after the name and kind of a plural or a choice. */
type Skip<S extends string> = S extends `${string},${string},${infer Rest}` ? Rest : '';

type NextBrace<S extends string> = S extends `${infer A}{${infer B}`
	? A extends `${infer C}}${infer D}`
		? [CloseFirst<C>, `${D}{${B}`]
		: ['{', B]
	: S extends `${string}}${infer D}`
		? ['}', D]
		: null;

type CloseFirst<_ extends string> = '}';

type Trim<S extends string> = S extends ` ${infer R}` | `\n${infer R}` | `\t${infer R}`
	? Trim<R>
	: S extends `${infer R} `
		? Trim<R>
		: S;

type Shape<Found> = [Found] extends [never]
	? Record<never, never>
	: { readonly [Entry in Found as Entry extends [infer Name extends string, unknown] ? Name : never]: ValueOf<Entry> };

type ValueOf<Entry> = Entry extends [string, infer Kind]
	? Kind extends 'plural' | 'selectordinal' | 'number'
		? number
		: Kind extends 'date' | 'time'
			? number | Date
			: Kind extends 'select'
				? string
				: string | number
	: never;

type Tags<S extends string, Found extends string = never> = S extends `${string}<${infer A}>${infer B}`
	? A extends `/${string}` | `${string} ${string}` | ''
		? Tags<B, Found>
		: Tags<B, Found | A>
	: Found;
