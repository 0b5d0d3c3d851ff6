import { attributeOf, itemOf, partOf } from './attributes.ts';
import { TemplateFault, withoutOverflow } from './fault.ts';
import { applyFilter, applyTest } from './filters.ts';
import { globalValues, setAttribute } from './globals.ts';
import { Loop } from './loop.ts';
import { calculate, concatenate, holds, signed } from './operators.ts';
import type {
	Body,
	CallBlock,
	Expression,
	Filter,
	For,
	GivenArguments,
	Macro,
	Statement,
	Target,
	Template,
} from './syntax.ts';
import { text } from './text-form.ts';
import {
	type Arguments,
	Callable,
	Dict,
	describe,
	fromJavaScript,
	Instance,
	isTrue,
	iterate,
	longestText,
	Namespace,
	orUndefined,
	Tuple,
	Undefined,
	unmarked,
	type Value,
} from './values.ts';

/** Variables of a part of the template, and of the parts around it. */
class Scope {
	readonly #variables = new Map<string, Value>();
	readonly #around: Scope | null;

	constructor(around: Scope | null, variables: Iterable<readonly [string, Value]> = []) {
		this.#around = around;
		for (const [name, value] of variables) this.#variables.set(name, value);
	}

	get(name: string): Value | undefined {
		const own = this.#variables.get(name);
		return own === undefined ? this.#around?.get(name) : own;
	}

	set(name: string, value: Value): void {
		this.#variables.set(name, value);
	}
}

class Output {
	readonly #parts: string[] = [];
	#length = 0;

	write(part: string): void {
		this.#length += part.length;
		if (this.#length > longestText) throw new TemplateFault(`it writes more than ${longestText} characters`);
		this.#parts.push(part);
	}

	toString(): string {
		return this.#parts.join('');
	}
}

type Flow = 'next' | 'break' | 'continue';

/** Names that a macro receives only if its body uses them. */
const specialNames = ['caller', 'kwargs', 'varargs'] as const;

type SpecialName = (typeof specialNames)[number];

/** Finds which special names a macro's body uses. */
function specialNamesIn(body: readonly Statement[]): ReadonlySet<SpecialName> {
	const found = new Set<SpecialName>();
	const visit = (node: unknown): void => {
		if (typeof node !== 'object' || node === null) return;
		if ('type' in node && node.type === 'Identifier' && 'value' in node) {
			const name = specialNames.find((special) => special === node.value);
			if (name !== undefined) found.add(name);
			return;
		}
		for (const child of Object.values(node)) visit(child);
	};
	visit(body);
	return found;
}

function located(error: unknown, line: number): unknown {
	return error instanceof TemplateFault && error.line === null ? new TemplateFault(error.message, line) : error;
}

// Expressions.

function argumentsOf({ args, keywords, spread, keywordSpread }: GivenArguments, scope: Scope): Arguments {
	const positional = args.map((argument) => evaluate(argument, scope));
	if (spread !== null) for (const item of iterate(evaluate(spread, scope))) positional.push(item);
	const named = new Map(keywords.map(({ name, value }) => [name, evaluate(value, scope)] as const));
	if (keywordSpread !== null) {
		const more = evaluate(keywordSpread, scope);
		if (!(more instanceof Dict)) throw new TemplateFault(`it gives ${describe(more)} as named arguments`);
		for (const [key, value] of more.entries()) {
			if (typeof key !== 'string' || named.has(key))
				throw new TemplateFault(`it gives the argument “${text(key)}” twice`);
			named.set(key, value);
		}
	}
	return { positional, named };
}

function call(callee: Value, given: Arguments): Value {
	if (callee instanceof Callable || callee instanceof Instance) return callee.call(given);
	if (callee instanceof Undefined) throw new TemplateFault(callee.reason);
	throw new TemplateFault(`it calls ${describe(callee)}, which is no function`);
}

function filtered(filter: Filter, operand: Value, scope: Scope): Value {
	const value = filter.operand === null ? operand : applyNested(filter.operand, operand, scope);
	return applyFilter(filter.name, value, argumentsOf(filter, scope));
}

/** The filters of a block can follow one another; the innermost takes the block's text. */
function applyNested(inner: Expression, operand: Value, scope: Scope): Value {
	return inner.type === 'Filter' ? filtered(inner, operand, scope) : evaluate(inner, scope);
}

function evaluate(node: Expression, scope: Scope): Value {
	switch (node.type) {
		case 'StringLiteral':
		case 'NumberLiteral':
		case 'Constant':
			return node.value;
		case 'Identifier':
			return orUndefined(scope.get(node.value), `it uses “${node.value}”, which does not exist here`);
		case 'ListLiteral':
			return node.items.map((item) => evaluate(item, scope));
		case 'TupleLiteral':
			return new Tuple(node.items.map((item) => evaluate(item, scope)));
		case 'DictLiteral':
			return new Dict(node.pairs.map(({ key, value }) => [evaluate(key, scope), evaluate(value, scope)] as const));
		case 'Attribute':
			return attributeOf(evaluate(node.object, scope), node.name);
		case 'Item': {
			const object = evaluate(node.object, scope);
			if (node.index.type !== 'Slice') return itemOf(object, evaluate(node.index, scope));
			const { start, stop, step } = node.index;
			const bound = (part: Expression | null): Value => (part === null ? null : evaluate(part, scope));
			return partOf(object, { start: bound(start), stop: bound(stop), step: bound(step) });
		}
		case 'Slice':
			throw new TemplateFault('it uses a slice outside of brackets');
		case 'Call':
			return call(evaluate(node.callee, scope), argumentsOf(node, scope));
		case 'Filter':
			return filtered(node, null, scope);
		case 'Test':
			return applyTest(node.name, evaluate(node.operand, scope), argumentsOf(node, scope));
		case 'Not':
			return !isTrue(evaluate(node.operand, scope));
		case 'Sign':
			return signed(node.operator, evaluate(node.operand, scope));
		case 'Arithmetic':
			return calculate(node.operator, evaluate(node.left, scope), evaluate(node.right, scope));
		case 'Logic': {
			const left = evaluate(node.left, scope);
			return isTrue(left) === (node.operator === 'and') ? evaluate(node.right, scope) : left;
		}
		case 'Concatenation':
			return concatenate(node.parts.map((part) => text(evaluate(part, scope))));
		case 'Compare': {
			let left = evaluate(node.left, scope);
			for (const comparison of node.comparisons) {
				const right = evaluate(comparison.right, scope);
				if (!holds(comparison.operator, left, right)) return false;
				left = right;
			}
			return true;
		}
		case 'Conditional':
			if (isTrue(evaluate(node.test, scope))) return evaluate(node.yes, scope);
			return node.no === null
				? new Undefined('it uses the value of an “if” without “else” that did not hold')
				: evaluate(node.no, scope);
	}
}

// Statements.

function assign(target: Target, value: Value, scope: Scope): void {
	switch (target.type) {
		case 'Identifier':
			scope.set(target.value, value);
			return;
		case 'NamespaceTarget': {
			const namespace = scope.get(target.name);
			if (!(namespace instanceof Namespace)) {
				throw new TemplateFault(`it sets “${target.attribute}” of “${target.name}”, which is no namespace`);
			}
			setAttribute(namespace, target.attribute, value);
			return;
		}
		case 'TargetTuple': {
			const items = [...iterate(value)];
			if (items.length !== target.items.length) {
				throw new TemplateFault(`it sets ${target.items.length} variables to ${items.length} values`);
			}
			for (const [index, one] of target.items.entries()) assign(one, items[index] as Value, scope);
		}
	}
}

/** Renders statements into a text of their own. */
function capture(body: readonly Statement[], scope: Scope): string {
	const output = new Output();
	run(body, scope, output);
	return output.toString();
}

function createMacro(name: string, { parameters, body }: Body, scope: Scope): Callable {
	const special = specialNamesIn(body);
	const takes = (one: SpecialName): boolean =>
		special.has(one) && parameters.every((parameter) => parameter.name !== one);
	const attributes = new Map<string, Value>([
		['name', name],
		['arguments', new Tuple(parameters.map((parameter) => parameter.name))],
		['catch_kwargs', takes('kwargs')],
		['catch_varargs', takes('varargs')],
		['caller', takes('caller')],
	]);
	const run = ({ positional, named }: Arguments): string => {
		const inner = new Scope(scope);
		const rest = new Map(named);
		const open = parameters.filter((parameter, index) => {
			const given = index < positional.length ? positional[index] : rest.get(parameter.name);
			if (index >= positional.length) rest.delete(parameter.name);
			inner.set(parameter.name, orUndefined(given, `it uses the parameter “${parameter.name}”, which was not given`));
			return given === undefined && parameter.value !== null;
		});
		if (takes('caller')) {
			inner.set('caller', orUndefined(rest.get('caller'), 'it uses “caller” without a call block'));
			rest.delete('caller');
		}
		const [unknown] = rest.keys();
		if (takes('kwargs')) inner.set('kwargs', new Dict(rest));
		else if (unknown !== undefined) {
			throw new TemplateFault(`it gives the macro “${name}” the argument “${unknown}”, which it does not have`);
		}
		if (takes('varargs')) inner.set('varargs', new Tuple(positional.slice(parameters.length)));
		else if (positional.length > parameters.length) {
			throw new TemplateFault(`it gives the macro “${name}” more than ${parameters.length} arguments`);
		}
		for (const { name: parameter, value } of open) if (value !== null) inner.set(parameter, evaluate(value, inner));
		return capture(body, inner);
	};
	return new Callable(name, run, attributes);
}

function runCallBlock(node: CallBlock, scope: Scope): string {
	const given = argumentsOf(node.call, scope);
	const caller = createMacro('caller', node, scope);
	const named = new Map([...given.named, ['caller', caller] as const]);
	return text(call(evaluate(node.call.callee, scope), { positional: given.positional, named }));
}

function* selected(node: For, items: Iterable<Value>, scope: Scope): Generator<Value> {
	for (const item of items) {
		const inner = new Scope(scope);
		assign(node.target, item, inner);
		if (node.test === null || isTrue(evaluate(node.test, inner))) yield item;
	}
}

function runFor(node: For, items: Value, scope: Scope, output: Output, depth: number): void {
	const recurse = (inner: Value, innerDepth: number): string => {
		const innerOutput = new Output();
		runFor(node, inner, scope, innerOutput, innerDepth);
		return innerOutput.toString();
	};
	const visited = node.test === null ? iterate(items) : selected(node, iterate(items), scope);
	const loop = new Loop(visited, depth, node.recursive ? recurse : null);
	// jinja2 counts a round only at its end: with `continue` in all rounds, or `break` in the first, it runs “else” too.
	let finishedRound = false;
	for (let item = loop.advance(); item !== undefined; item = loop.advance()) {
		const inner = new Scope(scope, [['loop', loop]]);
		assign(node.target, item, inner);
		const flow = run(node.body, inner, output);
		if (flow === 'break') break;
		if (flow === 'next') finishedRound = true;
	}
	if (!finishedRound) run(node.otherwise, new Scope(scope), output);
}

function define(node: Macro, scope: Scope): void {
	scope.set(node.name, createMacro(node.name, node, scope));
}

function runStatement(node: Statement, scope: Scope, output: Output): Flow {
	switch (node.type) {
		case 'Text':
			output.write(node.value);
			return 'next';
		case 'Output':
			output.write(text(evaluate(node.value, scope)));
			return 'next';
		case 'If':
			return run(isTrue(evaluate(node.test, scope)) ? node.body : node.otherwise, scope, output);
		case 'For':
			runFor(node, evaluate(node.iterable, scope), scope, output, 0);
			return 'next';
		case 'Set':
			assign(node.target, evaluate(node.value, scope), scope);
			return 'next';
		case 'SetBlock': {
			const inner = new Scope(scope);
			const body = new Output();
			const flow = run(node.body, inner, body);
			if (flow !== 'next') return flow;
			const content = body.toString();
			assign(node.target, node.filter === null ? content : filtered(node.filter, content, inner), scope);
			return 'next';
		}
		case 'FilterBlock': {
			const inner = new Scope(scope);
			const body = new Output();
			const flow = run(node.body, inner, body);
			if (flow !== 'next') return flow;
			const result = unmarked(filtered(node.filter, body.toString(), inner));
			if (typeof result !== 'string')
				throw new TemplateFault(`it writes ${describe(result)} with the filter of a block`);
			output.write(result);
			return 'next';
		}
		case 'With': {
			const inner = new Scope(scope);
			const values = node.values.map((value) => evaluate(value, scope));
			for (const [index, target] of node.targets.entries()) assign(target, values[index] as Value, inner);
			return run(node.body, inner, output);
		}
		case 'Macro':
			define(node, scope);
			return 'next';
		case 'CallBlock':
			output.write(runCallBlock(node, scope));
			return 'next';
		case 'Scope':
			return run(node.body, new Scope(scope), output);
		case 'Break':
			return 'break';
		case 'Continue':
			return 'continue';
	}
}

function run(body: readonly Statement[], scope: Scope, output: Output): Flow {
	for (const node of body) {
		try {
			const flow = runStatement(node, scope, output);
			if (flow !== 'next') return flow;
		} catch (error) {
			throw located(error, node.line);
		}
	}
	return 'next';
}

/**
 * Renders a parsed template like Python's jinja2 as Hugging Face transformers sets it up. It reaches nothing but the
 * given values: every attribute and function that a template can use is written out in this folder.
 */
export function renderParsed(template: Template, values: Readonly<Record<string, unknown>>, now: () => Date): string {
	const globals = new Scope(null, globalValues(now));
	const given = Object.entries(values).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, fromJavaScript(value)] as const],
	);
	return withoutOverflow(() => capture(template.body, new Scope(globals, given)));
}
