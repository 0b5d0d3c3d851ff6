import { TemplateFault } from './fault.ts';
import { type Arguments, Callable, Instance, isEqual, orUndefined, Undefined, type Value } from './values.ts';

/** The variable `loop`. It looks ahead only where a template asks for what follows. */
export class Loop extends Instance {
	readonly type = 'LoopContext';
	#iterator: Iterator<Value>;
	readonly #depth: number;
	readonly #recurse: ((items: Value, depth: number) => string) | null;
	#index = -1;
	#length: number | null = null;
	#before: Value | undefined;
	#current: Value | undefined;
	#after: Value | undefined;
	#lastChanged: readonly Value[] | null = null;

	constructor(items: Iterable<Value>, depth: number, recurse: ((items: Value, depth: number) => string) | null) {
		super();
		this.#iterator = items[Symbol.iterator]();
		this.#depth = depth;
		this.#recurse = recurse;
	}

	/** Goes on to the next item; undefined at the end. */
	advance(): Value | undefined {
		const item = this.#peek();
		if (item === undefined) return undefined;
		this.#after = undefined;
		this.#index += 1;
		this.#before = this.#current;
		this.#current = item;
		return item;
	}

	#peek(): Value | undefined {
		if (this.#after === undefined) {
			const next = this.#iterator.next();
			if (next.done !== true) this.#after = next.value;
		}
		return this.#after;
	}

	#count(): number {
		if (this.#length === null) {
			const rest: Value[] = [];
			for (let next = this.#iterator.next(); next.done !== true; next = this.#iterator.next()) rest.push(next.value);
			this.#iterator = rest[Symbol.iterator]();
			this.#length = rest.length + this.#index + 1 + (this.#after === undefined ? 0 : 1);
		}
		return this.#length;
	}

	override representation(): string {
		return `<${this.type} ${this.#index + 1}/${this.#count()}>`;
	}

	attribute(name: string): Value | undefined {
		switch (name) {
			case 'index':
				return BigInt(this.#index + 1);
			case 'index0':
				return BigInt(this.#index);
			case 'length':
				return BigInt(this.#count());
			case 'revindex':
				return BigInt(this.#count() - this.#index);
			case 'revindex0':
				return BigInt(this.#count() - this.#index - 1);
			case 'first':
				return this.#index === 0;
			case 'last':
				return this.#peek() === undefined;
			case 'depth':
				return BigInt(this.#depth + 1);
			case 'depth0':
				return BigInt(this.#depth);
			case 'previtem':
				return this.#index === 0 || this.#before === undefined
					? new Undefined('it uses the item before the first')
					: this.#before;
			case 'nextitem':
				return orUndefined(this.#peek(), 'it uses the item after the last');
			case 'cycle':
				return new Callable(name, ({ positional }) => {
					if (positional.length === 0) throw new TemplateFault('it cycles through nothing');
					return positional[this.#index % positional.length] as Value;
				});
			case 'changed':
				return new Callable(name, ({ positional }) => {
					const isSame = this.#lastChanged !== null && isEqual(this.#lastChanged, positional);
					this.#lastChanged = positional;
					return !isSame;
				});
			default:
				return undefined;
		}
	}

	override call({ positional }: Arguments): Value {
		const [items] = positional;
		if (this.#recurse === null || items === undefined) throw new TemplateFault('it calls a loop that is not recursive');
		return this.#recurse(items, this.#depth + 1);
	}
}
