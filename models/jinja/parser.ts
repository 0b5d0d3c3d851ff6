import { TemplateFault, withoutOverflow } from './fault.ts';
import { type Token, tokenize } from './lexer.ts';
import type {
	Comparison,
	Expression,
	Filter,
	GivenArguments,
	KeywordArgument,
	Pair,
	Parameter,
	Slice,
	Statement,
	Target,
	Template,
} from './syntax.ts';

const constants = new Map<string, boolean | null>([
	['true', true],
	['True', true],
	['false', false],
	['False', false],
	['none', null],
	['None', null],
]);

/** Tags that read other files, which a chat template does not have, and others that need a program around them. */
const refused = new Set(['include', 'import', 'from', 'extends', 'autoescape', 'trans', 'do', 'debug']);

const noArguments: GivenArguments = { args: [], keywords: [], spread: null, keywordSpread: null };

/** A node before it has become a target. */
type Simple = Expression | { readonly type: 'NamespaceTarget'; name: string; attribute: string; line: number };

/** Parses a template like jinja2's parser, with `break`, `continue` and `generation`. Throws TemplateFault. */
export function parseTemplate(template: string): Template {
	return withoutOverflow(() => parse(template));
}

function parse(template: string): Template {
	const tokens = tokenize(template);
	let at = 0;
	/** Loops around the current tag: those that `break` can leave, and all. */
	let loops = 0;
	let around = 0;

	const current = (): Token => tokens[at] as Token;
	const next = (): Token => {
		const token = current();
		if (token.type !== 'end') at += 1;
		return token;
	};
	const is = (type: string, text?: string): boolean =>
		current().type === type && (text === undefined || current().text === text);
	const isName = (...names: readonly string[]): boolean => is('name') && names.includes(current().text);
	const skip = (type: string, text?: string): boolean => {
		const found = is(type, text);
		if (found) at += 1;
		return found;
	};
	const fail = (cause: string, line = current().line): TemplateFault => new TemplateFault(cause, line);
	const found = (): string => (is('end') ? 'the end of the template' : `“${current().text}”`);
	const expect = (type: string, text?: string): Token => {
		if (is(type, text)) return next();
		throw fail(`“${text ?? type}” is expected and ${found()} found`);
	};

	// Expressions, loosest first.

	function parseExpression(withCondition = true): Expression {
		return withCondition ? parseConditional() : parseOr();
	}

	function parseConditional(): Expression {
		const { line } = current();
		let yes = parseOr();
		while (skip('name', 'if')) {
			const test = parseOr();
			const no = skip('name', 'else') ? parseConditional() : null;
			yes = { type: 'Conditional', test, yes, no, line };
		}
		return yes;
	}

	function parseOr(): Expression {
		let left = parseAnd();
		for (let { line } = current(); skip('name', 'or'); { line } = current()) {
			left = { type: 'Logic', operator: 'or', left, right: parseAnd(), line };
		}
		return left;
	}

	function parseAnd(): Expression {
		let left = parseNot();
		for (let { line } = current(); skip('name', 'and'); { line } = current()) {
			left = { type: 'Logic', operator: 'and', left, right: parseNot(), line };
		}
		return left;
	}

	function parseNot(): Expression {
		const { line } = current();
		return skip('name', 'not') ? { type: 'Not', operand: parseNot(), line } : parseCompare();
	}

	function comparisonOperator(): string | null {
		if (/^([=!<>]=|[<>])$/.test(current().type)) return next().text;
		if (skip('name', 'in')) return 'in';
		const follows = tokens[at + 1];
		if (!isName('not') || follows?.type !== 'name' || follows.text !== 'in') return null;
		at += 2;
		return 'not in';
	}

	function parseCompare(): Expression {
		const { line } = current();
		const left = parseSum();
		const comparisons: Comparison[] = [];
		for (;;) {
			const operator = comparisonOperator();
			if (operator === null) break;
			comparisons.push({ type: 'Comparison', operator, right: parseSum(), line });
		}
		return comparisons.length === 0 ? left : { type: 'Compare', left, comparisons, line };
	}

	/** Parses operators of one precedence, from left to right. */
	function parseArithmetic(operators: readonly string[], parseOperand: () => Expression): Expression {
		let left = parseOperand();
		while (operators.includes(current().type)) {
			const { text: operator, line } = next();
			left = { type: 'Arithmetic', operator, left, right: parseOperand(), line };
		}
		return left;
	}

	const parseSum = (): Expression => parseArithmetic(['+', '-'], parseConcatenation);

	function parseConcatenation(): Expression {
		const { line } = current();
		const parts = [parseProduct()];
		while (skip('~')) parts.push(parseProduct());
		return parts.length === 1 ? (parts[0] as Expression) : { type: 'Concatenation', parts, line };
	}

	const parseProduct = (): Expression => parseArithmetic(['*', '/', '//', '%'], parsePower);

	const parsePower = (): Expression => parseArithmetic(['**'], () => parseUnary());

	function parseUnary(withFilter = true): Expression {
		const { line } = current();
		let node: Expression;
		if (skip('-')) node = { type: 'Sign', operator: '-', operand: parseUnary(false), line };
		else if (skip('+')) node = { type: 'Sign', operator: '+', operand: parseUnary(false), line };
		else node = parsePrimary();
		node = parsePostfix(node);
		return withFilter ? parseFilterOrTest(node) : node;
	}

	function parsePrimary(): Expression {
		const { line, text } = current();
		if (skip('name')) {
			const constant = constants.get(text);
			return constant === undefined
				? { type: 'Identifier', value: text, line }
				: { type: 'Constant', value: constant, line };
		}
		if (is('string')) {
			let value = '';
			while (is('string')) value += next().text;
			return { type: 'StringLiteral', value, line };
		}
		if (skip('integer')) return { type: 'NumberLiteral', value: BigInt(text), line };
		if (skip('float')) return { type: 'NumberLiteral', value: Number(text), line };
		if (skip('(')) {
			const inner = parseTuple({ explicit: true });
			expect(')');
			return inner;
		}
		if (skip('[')) return { type: 'ListLiteral', items: parseItems(']', parseExpression), line };
		if (skip('{')) return { type: 'DictLiteral', pairs: parseItems('}', parsePair), line };
		throw fail(`${found()} is not expected`);
	}

	function parsePair(): Pair {
		const { line } = current();
		const key = parseExpression();
		expect(':');
		return { type: 'Pair', key, value: parseExpression(), line };
	}

	/** Parses what commas separate; one more comma may stand at the end. */
	function parseItems<Item>(end: string, parseItem: () => Item): Item[] {
		const items: Item[] = [];
		while (!is(end)) {
			if (items.length > 0) expect(',');
			if (!is(end)) items.push(parseItem());
		}
		expect(end);
		return items;
	}

	function isTupleEnd(endName: string | undefined): boolean {
		return is('variable end') || is('block end') || is(')') || (endName !== undefined && isName(endName));
	}

	function parseTuple({
		explicit = false,
		withCondition = true,
		endName,
	}: {
		explicit?: boolean;
		withCondition?: boolean;
		endName?: string;
	} = {}): Expression {
		const { line } = current();
		const items: Expression[] = [];
		let isTuple = false;
		for (;;) {
			if (items.length > 0) expect(',');
			if (isTupleEnd(endName)) break;
			items.push(parseExpression(withCondition));
			if (!is(',')) break;
			isTuple = true;
		}
		if (!isTuple && items[0] !== undefined) return items[0];
		if (!isTuple && !explicit) throw fail(`an expression is expected and ${found()} found`);
		return { type: 'TupleLiteral', items, line };
	}

	function parsePostfix(start: Expression): Expression {
		let node = start;
		for (;;) {
			if (is('.') || is('[')) node = parseSubscript(node);
			else if (is('(')) node = parseCall(node);
			else return node;
		}
	}

	function parseFilterOrTest(start: Expression): Expression {
		let node = start;
		for (;;) {
			if (is('|')) node = parseFilter(node);
			else if (isName('is')) node = parseTest(node);
			else if (is('(')) node = parseCall(node);
			else return node;
		}
	}

	function parseSubscript(object: Expression): Expression {
		const { line, type } = next();
		if (type === '.') {
			const name = next();
			if (name.type === 'name') return { type: 'Attribute', object, name: name.text, line };
			if (name.type !== 'integer') throw fail('a name or a number is expected after the dot', name.line);
			return { type: 'Item', object, index: { type: 'NumberLiteral', value: BigInt(name.text), line }, line };
		}
		const indices: Expression[] = [];
		while (!is(']')) {
			if (indices.length > 0) expect(',');
			indices.push(parseIndex());
		}
		expect(']');
		if (indices.length > 1 && indices.some((one) => one.type === 'Slice'))
			throw fail('a slice stands among several indices', line);
		const [first] = indices;
		const index: Expression =
			first !== undefined && indices.length === 1 ? first : { type: 'TupleLiteral', items: indices, line };
		return { type: 'Item', object, index, line };
	}

	function parseIndex(): Expression {
		const { line } = current();
		let start: Expression | null = null;
		if (!is(':')) {
			start = parseExpression();
			if (!is(':')) return start;
		}
		expect(':');
		const isOpen = (): boolean => is(':') || is(']') || is(',');
		const stop = isOpen() ? null : parseExpression();
		const step = skip(':') && !isOpen() ? parseExpression() : null;
		return { type: 'Slice', start, stop, step, line } satisfies Slice;
	}

	function parseArguments(): GivenArguments {
		const { line } = expect('(');
		const args: Expression[] = [];
		const keywords: KeywordArgument[] = [];
		let spread: Expression | null = null;
		let keywordSpread: Expression | null = null;
		const ensure = (isValid: boolean): void => {
			if (!isValid) throw fail('the arguments of a call are out of order', line);
		};
		for (let isFirst = true; !is(')'); isFirst = false) {
			if (!isFirst) {
				expect(',');
				if (is(')')) break;
			}
			if (skip('*')) {
				ensure(spread === null && keywordSpread === null);
				spread = parseExpression();
			} else if (skip('**')) {
				ensure(keywordSpread === null);
				keywordSpread = parseExpression();
			} else if (is('name') && tokens[at + 1]?.type === '=') {
				ensure(keywordSpread === null);
				const name = next();
				expect('=');
				keywords.push({ type: 'KeywordArgument', name: name.text, value: parseExpression(), line: name.line });
			} else {
				ensure(spread === null && keywordSpread === null && keywords.length === 0);
				args.push(parseExpression());
			}
		}
		expect(')');
		const names = keywords.map(({ name }) => name);
		const twice = names.find((name, index) => names.indexOf(name) !== index);
		if (twice !== undefined) throw fail(`a call gives “${twice}” twice`, line);
		return { args, keywords, spread, keywordSpread };
	}

	function parseCall(callee: Expression): Expression {
		const { line } = current();
		return { type: 'Call', callee, ...parseArguments(), line };
	}

	function parseDottedName(): string {
		let name = expect('name').text;
		while (skip('.')) name += `.${expect('name').text}`;
		return name;
	}

	function parseOneFilter(operand: Expression | null): Filter {
		const { line } = current();
		const name = parseDottedName();
		return { type: 'Filter', operand, name, ...(is('(') ? parseArguments() : noArguments), line };
	}

	function parseFilter(start: Expression): Expression {
		let node = start;
		while (skip('|')) node = parseOneFilter(node);
		return node;
	}

	/** Parses the filters of a block, whose operand is the block's text. */
	function parseBlockFilter(): Filter {
		let node = parseOneFilter(null);
		while (skip('|')) node = parseOneFilter(node);
		return node;
	}

	function parseTest(operand: Expression): Expression {
		const { line } = next();
		const isNegated = skip('name', 'not');
		const name = parseDottedName();
		let given = noArguments;
		if (is('(')) given = parseArguments();
		else if (
			['name', 'string', 'integer', 'float', '[', '{'].includes(current().type) &&
			!isName('else', 'or', 'and')
		) {
			if (isName('is')) throw fail('tests with “is” can’t be chained');
			given = { ...noArguments, args: [parsePostfix(parsePrimary())] };
		}
		const test: Expression = { type: 'Test', operand, name, ...given, line };
		return isNegated ? { type: 'Not', operand: test, line } : test;
	}

	// Targets of assignments.

	function parseSimple(withNamespace: boolean): Simple {
		const follows = tokens[at + 1];
		if (withNamespace && is('name') && follows?.type === '.' && !constants.has(current().text)) {
			const { text, line } = next();
			expect('.');
			return { type: 'NamespaceTarget', name: text, attribute: expect('name').text, line };
		}
		return parsePrimary();
	}

	function toTarget(node: Simple): Target {
		if (node.type === 'Identifier' && node.value === 'loop' && around > 0)
			throw fail('“loop” can’t be set in a loop', node.line);
		if (node.type === 'Identifier' || node.type === 'NamespaceTarget') return node;
		if (node.type === 'TupleLiteral') {
			return { type: 'TargetTuple', items: node.items.map(toTarget), line: node.line };
		}
		throw fail('something is set that is no variable', node.line);
	}

	function parseTarget({ withNamespace = false, endName }: { withNamespace?: boolean; endName?: string } = {}): Target {
		const { line } = current();
		const items: Target[] = [];
		let isTuple = false;
		for (;;) {
			if (items.length > 0) expect(',');
			if (isTupleEnd(endName)) break;
			items.push(toTarget(parseSimple(withNamespace)));
			if (!is(',')) break;
			isTuple = true;
		}
		if (!isTuple && items[0] !== undefined) return items[0];
		if (!isTuple) throw fail(`a variable is expected and ${found()} found`);
		return { type: 'TargetTuple', items, line };
	}

	function parseVariableName(): Token {
		const name = expect('name');
		if (constants.has(name.text)) throw fail(`“${name.text}” can’t be set`, name.line);
		return name;
	}

	// Statements.

	function parseParameters(): Parameter[] {
		expect('(');
		const parameters: Parameter[] = [];
		while (!is(')')) {
			if (parameters.length > 0) expect(',');
			const { text: name, line } = parseVariableName();
			if (parameters.some((other) => other.name === name)) throw fail(`the parameter “${name}” occurs twice`, line);
			const value = skip('=') ? parseExpression() : null;
			if (value === null && parameters.at(-1)?.value) {
				throw fail(`the parameter “${name}” needs a default, as the one before it has one`, line);
			}
			parameters.push({ type: 'Parameter', name, value, line });
		}
		expect(')');
		return parameters;
	}

	/** Parses statements up to one of the end tags, whose name is left to be read. */
	function parseBody(...endNames: readonly string[]): Statement[] {
		skip(':');
		expect('block end');
		const body = parseStatements(endNames);
		if (is('end')) throw fail(`“${endNames.at(-1)}” is missing`);
		return body;
	}

	/** Parses a body that is a function of its own in Python, which `break` can't leave. */
	function parseFunctionBody(endName: string): Statement[] {
		const outside = loops;
		loops = 0;
		const body = parseWholeBody(endName);
		loops = outside;
		return body;
	}

	function parseWholeBody(endName: string): Statement[] {
		const body = parseBody(endName);
		next();
		return body;
	}

	function parseFor(line: number): Statement {
		around += 1;
		const target = parseTarget({ endName: 'in' });
		expect('name', 'in');
		const iterable = parseTuple({ withCondition: false, endName: 'recursive' });
		const test = skip('name', 'if') ? parseExpression() : null;
		const recursive = skip('name', 'recursive');
		loops += 1;
		const body = parseBody('else', 'endfor');
		loops -= 1;
		const otherwise = next().text === 'else' ? parseWholeBody('endfor') : [];
		around -= 1;
		return { type: 'For', target, iterable, test, recursive, body, otherwise, line };
	}

	function parseIf(line: number): Statement {
		const test = parseTuple({ withCondition: false });
		const body = parseBody('elif', 'else', 'endif');
		const end = next();
		let otherwise: Statement[] = [];
		if (end.text === 'elif') otherwise = [parseIf(end.line)];
		else if (end.text === 'else') otherwise = parseWholeBody('endif');
		return { type: 'If', test, body, otherwise, line };
	}

	function parseSet(line: number): Statement {
		const target = parseTarget({ withNamespace: true });
		if (skip('=')) return { type: 'Set', target, value: parseTuple(), line };
		const filter = skip('|') ? parseBlockFilter() : null;
		return { type: 'SetBlock', target, filter, body: parseWholeBody('endset'), line };
	}

	function parseWith(line: number): Statement {
		const targets: Target[] = [];
		const values: Expression[] = [];
		while (!is('block end')) {
			if (targets.length > 0) expect(',');
			// These are no assignments to jinja2: they may be called “loop” everywhere.
			const outside = around;
			around = 0;
			targets.push(parseTarget());
			around = outside;
			expect('=');
			values.push(parseExpression());
		}
		return { type: 'With', targets, values, body: parseWholeBody('endwith'), line };
	}

	function parseCallBlock(line: number): Statement {
		const parameters = is('(') ? parseParameters() : [];
		const call = parseExpression();
		if (call.type !== 'Call') throw fail('“call” has no call of a macro', line);
		return { type: 'CallBlock', parameters, call, body: parseFunctionBody('endcall'), line };
	}

	function parseBlock(line: number): Statement {
		const { text: name } = expect('name');
		skip('name', 'scoped');
		skip('name', 'required');
		const body = parseFunctionBody('endblock');
		skip('name', name);
		return { type: 'Scope', body, line };
	}

	function parsePrint(): Statement[] {
		const printed: Statement[] = [];
		while (!is('block end')) {
			if (printed.length > 0) expect(',');
			const { line } = current();
			printed.push({ type: 'Output', value: parseExpression(), line });
		}
		return printed;
	}

	function parseStatement(): readonly Statement[] {
		const { line, text } = expect('name');
		switch (text) {
			case 'for':
				return [parseFor(line)];
			case 'if':
				return [parseIf(line)];
			case 'set':
				return [parseSet(line)];
			case 'with':
				return [parseWith(line)];
			case 'macro': {
				const name = parseVariableName().text;
				const parameters = parseParameters();
				return [{ type: 'Macro', name, parameters, body: parseFunctionBody('endmacro'), line }];
			}
			case 'call':
				return [parseCallBlock(line)];
			case 'filter': {
				const filter = parseBlockFilter();
				return [{ type: 'FilterBlock', filter, body: parseWholeBody('endfilter'), line }];
			}
			case 'block':
				return [parseBlock(line)];
			case 'generation':
				return [{ type: 'Scope', body: parseFunctionBody('endgeneration'), line }];
			case 'print':
				return parsePrint();
			case 'break':
			case 'continue':
				if (loops === 0) throw fail(`“${text}” stands outside of a loop`, line);
				return [{ type: text === 'break' ? 'Break' : 'Continue', line }];
			default:
				throw fail(refused.has(text) ? `chat templates have no “${text}”` : `“${text}” is an unknown tag`, line);
		}
	}

	function parseStatements(endNames: readonly string[]): Statement[] {
		const body: Statement[] = [];
		for (;;) {
			const { type, text, line } = current();
			if (type === 'end') return body;
			at += 1;
			if (type === 'text') {
				body.push({ type: 'Text', value: text, line });
			} else if (type === 'variable begin') {
				body.push({ type: 'Output', value: parseTuple(), line });
				expect('variable end');
			} else {
				if (isName(...endNames)) return body;
				for (const statement of parseStatement()) body.push(statement);
				expect('block end');
			}
		}
	}

	return { type: 'Template', body: parseStatements([]), line: 1 };
}
