import {
	ArithmeticProblem,
	add,
	compare,
	divide,
	floor,
	formatRational,
	gcd,
	integerRoot,
	modulo,
	multiply,
	negate,
	parseRational,
	power,
	type Rational,
	rational,
	spend,
	subtract,
	toNumber,
	withinReason,
} from './rational.ts';

/** A number, and whether it is only near: a root or a logarithm that is no fraction. */
interface Value {
	readonly value: Rational;
	readonly exact: boolean;
}

/** Longest expression, characters, and deepest nesting. */
const limits = { characters: 10_000, depth: 200 };

/** Digits after the point of a root that is no fraction. */
const rootDigits = 30n;

/**
 * Computes an expression with fractions, so that 0.1 + 0.2 is 0.3: + - * / ^ % (remainder, or percent after a number), !,
 * brackets, and functions. Roots are exact where they are fractions; what is not exact is marked by "≈". Throws
 * `ArithmeticProblem`.
 */
export function calculate(expression: string): string {
	if (expression.length > limits.characters) throw new ArithmeticProblem('the expression is too long');
	return withinReason(() => {
		const { value, exact } = new Parser(tokenise(expression)).parse();
		return exact ? formatRational(value) : `≈ ${formatApproximate(value)}`;
	});
}

function formatApproximate(value: Rational): string {
	const text = formatRational(value);
	return text.includes('≈') ? (text.split('≈ ')[1] ?? text) : text;
}

type Token = { readonly kind: 'number' | 'name' | 'sign'; readonly text: string };

const tokenPattern = /\s*(?:((?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([a-zA-Zπ]\w*)|(\*\*|[-+*/^%!(),×÷−·√]))/y;

const signs: Readonly<Record<string, string>> = { '**': '^', '×': '*', '·': '*', '÷': '/', '−': '-' };

function tokenise(expression: string): Token[] {
	const text = expression.trim().replace(/=\s*$/, '');
	const tokens: Token[] = [];
	tokenPattern.lastIndex = 0;
	while (tokenPattern.lastIndex < text.length) {
		const start = tokenPattern.lastIndex;
		const match = tokenPattern.exec(text);
		if (match === null) {
			if (text.slice(start).trim() === '') break;
			throw new ArithmeticProblem(`“${text.slice(start).trim().slice(0, 20)}” is not understood`);
		}
		const [, number, name, sign] = match;
		if (number !== undefined) tokens.push({ kind: 'number', text: number });
		// "15% of 200"
		else if (name === 'of') tokens.push({ kind: 'sign', text: '*' });
		else if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase() });
		else tokens.push({ kind: 'sign', text: signs[sign ?? ''] ?? sign ?? '' });
	}
	return tokens;
}

class Parser {
	readonly #tokens: readonly Token[];
	#at = 0;
	#depth = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	parse(): Value {
		const value = this.#sum();
		const rest = this.#tokens[this.#at];
		if (rest !== undefined) throw new ArithmeticProblem(`“${rest.text}” is not expected there`);
		return value;
	}

	#peek(text: string): boolean {
		const token = this.#tokens[this.#at];
		return token?.kind === 'sign' && token.text === text;
	}

	#take(text: string): boolean {
		if (!this.#peek(text)) return false;
		this.#at += 1;
		return true;
	}

	#sum(): Value {
		this.#depth += 1;
		if (this.#depth > limits.depth) throw new ArithmeticProblem('the expression is nested too deeply');
		let left = this.#product();
		for (;;) {
			if (this.#take('+')) left = both(left, this.#product(), add);
			else if (this.#take('-')) left = both(left, this.#product(), subtract);
			else break;
		}
		this.#depth -= 1;
		return left;
	}

	#product(): Value {
		let left = this.#unary();
		for (;;) {
			if (this.#take('*')) left = both(left, this.#unary(), multiply);
			else if (this.#take('/')) left = both(left, this.#unary(), divide);
			else if (this.#take('%')) left = both(left, this.#unary(), modulo);
			else if (this.#startsFactor()) left = both(left, this.#unary(), multiply);
			else return left;
		}
	}

	/** "2(3)" and "2 pi" are products. */
	#startsFactor(): boolean {
		return this.#tokens[this.#at]?.kind === 'name' || this.#peek('(') || this.#peek('√');
	}

	#unary(): Value {
		this.#depth += 1;
		if (this.#depth > limits.depth) throw new ArithmeticProblem('the expression is nested too deeply');
		try {
			if (this.#take('-')) {
				const { value, exact } = this.#unary();
				return { value: negate(value), exact };
			}
			if (this.#take('+')) return this.#unary();
			if (this.#take('√')) return root(this.#unary(), 2n);
			return this.#power();
		} finally {
			this.#depth -= 1;
		}
	}

	#power(): Value {
		const base = this.#postfix();
		// From right to left: 2^3^2 is 2^9.
		return this.#take('^') ? raise(base, this.#unary()) : base;
	}

	#postfix(): Value {
		let value = this.#primary();
		for (;;) {
			if (this.#take('!')) value = { value: factorial(value), exact: value.exact };
			else if (this.#peek('%') && !this.#startsOperand(this.#at + 1)) {
				this.#at += 1;
				value = { value: divide(value.value, rational(100n)), exact: value.exact };
			} else return value;
		}
	}

	#startsOperand(at: number): boolean {
		const token = this.#tokens[at];
		return token !== undefined && (token.kind !== 'sign' || token.text === '(');
	}

	#primary(): Value {
		const token = this.#tokens[this.#at];
		if (token === undefined) throw new ArithmeticProblem('the expression ends too early');
		this.#at += 1;
		if (token.kind === 'number') return { value: parseRational(token.text), exact: true };
		if (token.kind === 'name') return this.#named(token.text);
		if (token.text !== '(') throw new ArithmeticProblem(`“${token.text}” is not expected there`);
		const inner = this.#sum();
		if (!this.#take(')')) throw new ArithmeticProblem('a closing bracket is missing');
		return inner;
	}

	#named(name: string): Value {
		if (Object.hasOwn(constants, name)) return near(constants[name]!);
		// Not every name of an object is one: "constructor".
		const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
		if (apply === undefined) throw new ArithmeticProblem(`“${name}” is unknown; it knows ${known}`);
		if (!this.#take('(')) throw new ArithmeticProblem(`“${name}” needs its arguments in brackets`);
		const args: Value[] = [];
		if (!this.#peek(')')) {
			do args.push(this.#sum());
			while (this.#take(','));
		}
		if (!this.#take(')')) throw new ArithmeticProblem('a closing bracket is missing');
		return apply(args);
	}
}

const constants: Readonly<Record<string, string>> = {
	pi: '3.141592653589793238462643383279502884197169399375',
	π: '3.141592653589793238462643383279502884197169399375',
	e: '2.718281828459045235360287471352662497757247093700',
};

function near(text: string): Value {
	return { value: parseRational(text), exact: false };
}

function both(a: Value, b: Value, operate: (a: Rational, b: Rational) => Rational): Value {
	return { value: operate(a.value, b.value), exact: a.exact && b.exact };
}

function whole({ value }: Value): bigint {
	if (value.d !== 1n) throw new ArithmeticProblem(`${formatRational(value)} is not a whole number`);
	return value.n;
}

function factorial(of: Value): Rational {
	const n = whole(of);
	if (n < 0n || n > 5_000n) throw new ArithmeticProblem('a factorial is computed from 0 to 5000');
	spend(Number(n * n) * 4);
	let product = 1n;
	for (let factor = 2n; factor <= n; factor += 1n) product *= factor;
	return rational(product);
}

function raise(base: Value, exponent: Value): Value {
	const { n, d } = exponent.value;
	if (d === 1n) return { value: power(base.value, n), exact: base.exact && exponent.exact };
	if (d <= 100n) {
		const rooted = root(base, d);
		return { value: power(rooted.value, n), exact: rooted.exact && exponent.exact };
	}
	return double(toNumber(base.value) ** toNumber(exponent.value));
}

/** The k-th root: exact where it is a fraction, else to 30 digits. */
function root({ value, exact }: Value, k: bigint): Value {
	if (k < 1n || k > 100n) throw new ArithmeticProblem('roots are computed from the 1st to the 100th');
	if (value.n < 0n) {
		if (k % 2n === 0n) throw new ArithmeticProblem('a negative number has no real root of that kind');
		const positive = root({ value: negate(value), exact }, k);
		return { value: negate(positive.value), exact: positive.exact };
	}
	const [n, d] = [integerRoot(value.n, k), integerRoot(value.d, k)];
	if (n ** k === value.n && d ** k === value.d) return { value: rational(n, d), exact };
	const scale = 10n ** rootDigits;
	return { value: rational(integerRoot((value.n * scale ** k) / value.d, k), scale), exact: false };
}

function double(result: number): Value {
	if (!Number.isFinite(result)) throw new ArithmeticProblem('the result is no number, or too large');
	return near(result.toPrecision(15));
}

type Apply = (args: readonly Value[]) => Value;

function one(args: readonly Value[]): Value {
	if (args.length !== 1) throw new ArithmeticProblem('that function takes one argument');
	return args[0]!;
}

function two(args: readonly Value[]): readonly [Value, Value] {
	if (args.length !== 2) throw new ArithmeticProblem('that function takes two arguments');
	return [args[0]!, args[1]!];
}

/** A function of doubles, good to 15 digits. */
function doubles(compute: (x: number) => number): Apply {
	return (args) => double(compute(toNumber(one(args).value)));
}

function rounded(choose: (value: Rational) => bigint): Apply {
	return (args) => {
		const [first, digits] = args.length === 2 ? args : [one(args), undefined];
		const places = digits === undefined ? 0n : whole(digits);
		if (places > 1_000n || places < -1_000n) throw new ArithmeticProblem('it rounds to 1000 places at most');
		const scale = power(rational(10n), places);
		return { value: divide(rational(choose(multiply(first!.value, scale))), scale), exact: first!.exact };
	};
}

const half = rational(1n, 2n);

function extreme(sign: number): Apply {
	return (args) => {
		if (args.length === 0) throw new ArithmeticProblem('that function needs an argument');
		return args.reduce((best, next) => (compare(next.value, best.value) * sign > 0 ? next : best));
	};
}

function sumOf(args: readonly Value[]): Value {
	return args.reduce((total, next) => both(total, next, add), { value: rational(0n), exact: true });
}

const functions: Readonly<Record<string, Apply>> = {
	sqrt: (args) => root(one(args), 2n),
	cbrt: (args) => root(one(args), 3n),
	root: (args) => {
		const [value, k] = two(args);
		return root(value, whole(k));
	},
	abs: (args) => {
		const { value, exact } = one(args);
		return { value: value.n < 0n ? negate(value) : value, exact };
	},
	floor: rounded(floor),
	ceil: rounded((value) => -floor(negate(value))),
	// Half goes away from zero, as people round.
	round: rounded((value) => (value.n < 0n ? -floor(add(negate(value), half)) : floor(add(value, half)))),
	trunc: rounded((value) => value.n / value.d),
	mod: (args) => both(...two(args), modulo),
	min: extreme(-1),
	max: extreme(1),
	sum: sumOf,
	mean: (args) => both(sumOf(args), { value: rational(BigInt(args.length)), exact: true }, divide),
	gcd: (args) => {
		const [a, b] = two(args);
		return { value: rational(gcd(whole(a), whole(b))), exact: a.exact && b.exact };
	},
	lcm: (args) => {
		const [a, b] = two(args);
		const [x, y] = [whole(a), whole(b)];
		const product = x * y < 0n ? -(x * y) : x * y;
		return { value: rational(product === 0n ? 0n : product / gcd(x, y)), exact: a.exact && b.exact };
	},
	factorial: (args) => ({ value: factorial(one(args)), exact: one(args).exact }),
	exp: doubles(Math.exp),
	ln: doubles(Math.log),
	log: (args) => {
		if (args.length === 1) return functions.log10!(args);
		const [value, base] = two(args);
		return double(Math.log(toNumber(value.value)) / Math.log(toNumber(base.value)));
	},
	log10: doubles(Math.log10),
	log2: doubles(Math.log2),
	sin: doubles(Math.sin),
	cos: doubles(Math.cos),
	tan: doubles(Math.tan),
	asin: doubles(Math.asin),
	acos: doubles(Math.acos),
	atan: doubles(Math.atan),
};

const known = Object.keys(functions).join(', ');
