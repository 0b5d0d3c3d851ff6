/** A node of a template's syntax tree. `line` is where it begins in the template. */
interface Located {
	readonly line: number;
}

export interface KeywordArgument extends Located {
	readonly type: 'KeywordArgument';
	readonly name: string;
	readonly value: Expression;
}

export interface GivenArguments {
	readonly args: readonly Expression[];
	readonly keywords: readonly KeywordArgument[];
	/** `*list` and `**object`. */
	readonly spread: Expression | null;
	readonly keywordSpread: Expression | null;
}

export interface Identifier extends Located {
	readonly type: 'Identifier';
	readonly value: string;
}

export interface TupleLiteral extends Located {
	readonly type: 'TupleLiteral';
	readonly items: readonly Expression[];
}

export interface Pair extends Located {
	readonly type: 'Pair';
	readonly key: Expression;
	readonly value: Expression;
}

export interface Slice extends Located {
	readonly type: 'Slice';
	readonly start: Expression | null;
	readonly stop: Expression | null;
	readonly step: Expression | null;
}

export interface Comparison extends Located {
	readonly type: 'Comparison';
	readonly operator: string;
	readonly right: Expression;
}

export interface Call extends Located, GivenArguments {
	readonly type: 'Call';
	readonly callee: Expression;
}

export interface Filter extends Located, GivenArguments {
	readonly type: 'Filter';
	/** Null for the body of a block. */
	readonly operand: Expression | null;
	readonly name: string;
}

export interface Test extends Located, GivenArguments {
	readonly type: 'Test';
	readonly operand: Expression;
	readonly name: string;
}

export type Expression =
	| Identifier
	| TupleLiteral
	| Slice
	| Call
	| Filter
	| Test
	| (Located &
			(
				| { readonly type: 'StringLiteral'; readonly value: string }
				| { readonly type: 'NumberLiteral'; readonly value: bigint | number }
				| { readonly type: 'Constant'; readonly value: boolean | null }
				| { readonly type: 'ListLiteral'; readonly items: readonly Expression[] }
				| { readonly type: 'DictLiteral'; readonly pairs: readonly Pair[] }
				| { readonly type: 'Attribute'; readonly object: Expression; readonly name: string }
				| { readonly type: 'Item'; readonly object: Expression; readonly index: Expression }
				| { readonly type: 'Not'; readonly operand: Expression }
				| { readonly type: 'Sign'; readonly operator: '+' | '-'; readonly operand: Expression }
				| {
						readonly type: 'Arithmetic';
						readonly operator: string;
						readonly left: Expression;
						readonly right: Expression;
				  }
				| {
						readonly type: 'Logic';
						readonly operator: 'and' | 'or';
						readonly left: Expression;
						readonly right: Expression;
				  }
				| { readonly type: 'Concatenation'; readonly parts: readonly Expression[] }
				| { readonly type: 'Compare'; readonly left: Expression; readonly comparisons: readonly Comparison[] }
				| {
						readonly type: 'Conditional';
						readonly test: Expression;
						readonly yes: Expression;
						readonly no: Expression | null;
				  }
			));

/** `name.attribute` on the left of a `set`. */
export interface NamespaceTarget extends Located {
	readonly type: 'NamespaceTarget';
	readonly name: string;
	readonly attribute: string;
}

export interface TargetTuple extends Located {
	readonly type: 'TargetTuple';
	readonly items: readonly Target[];
}

export type Target = Identifier | NamespaceTarget | TargetTuple;

export interface Parameter extends Located {
	readonly type: 'Parameter';
	readonly name: string;
	readonly value: Expression | null;
}

export interface Body {
	readonly parameters: readonly Parameter[];
	readonly body: readonly Statement[];
}

export interface For extends Located {
	readonly type: 'For';
	readonly target: Target;
	readonly iterable: Expression;
	readonly test: Expression | null;
	readonly recursive: boolean;
	readonly body: readonly Statement[];
	readonly otherwise: readonly Statement[];
}

export interface Macro extends Located, Body {
	readonly type: 'Macro';
	readonly name: string;
}

export interface CallBlock extends Located, Body {
	readonly type: 'CallBlock';
	readonly call: Call;
}

export type Statement =
	| For
	| Macro
	| CallBlock
	| (Located &
			(
				| { readonly type: 'Text'; readonly value: string }
				| { readonly type: 'Output'; readonly value: Expression }
				| {
						readonly type: 'If';
						readonly test: Expression;
						readonly body: readonly Statement[];
						readonly otherwise: readonly Statement[];
				  }
				| { readonly type: 'Set'; readonly target: Target; readonly value: Expression }
				| {
						readonly type: 'SetBlock';
						readonly target: Target;
						readonly filter: Filter | null;
						readonly body: readonly Statement[];
				  }
				| {
						readonly type: 'With';
						readonly targets: readonly Target[];
						readonly values: readonly Expression[];
						readonly body: readonly Statement[];
				  }
				| { readonly type: 'FilterBlock'; readonly filter: Filter; readonly body: readonly Statement[] }
				/** A part with a scope of its own: `block`, and `generation`, which marks the model's answers for training. */
				| { readonly type: 'Scope'; readonly body: readonly Statement[] }
				| { readonly type: 'Break' }
				| { readonly type: 'Continue' }
			));

export interface Template extends Located {
	readonly type: 'Template';
	readonly body: readonly Statement[];
}
