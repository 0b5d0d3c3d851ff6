import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Failure } from '../../../models/contract/failure.ts';
import { compileLinear, matches } from '../../prompt/linear-regex.ts';

export type Schema = boolean | Record<string, unknown>;

/** Patterns of a schema go through RE2, so that none takes for ever; ajv asks for the name of the code in generated files only. */
const linearRegExp = Object.assign(
	(pattern: string) => {
		const compiled = compileLinear(pattern);
		// ajv takes two with the same text for one.
		return { test: (text: string) => matches(compiled, text), toString: () => pattern };
	},
	{ code: 'linear' },
);

const options: Options = {
	// Keywords that a schema has for other programs are passed over, as the specification asks; so are formats.
	strict: false,
	validateFormats: false,
	logger: false,
	code: { regExp: linearRegExp },
};

const compiled = new Map<string, ValidateFunction>();

/** Throws Failure `schema-invalid`. Nothing is fetched: a `$ref` has to lie in the schema itself. */
export function compileSchema(schema: Schema): ValidateFunction {
	const key = JSON.stringify(schema);
	const known = compiled.get(key);
	if (known !== undefined) return known;
	if (compiled.size > 50) compiled.clear();
	const dialect = typeof schema === 'object' ? String(schema.$schema ?? '') : '';
	try {
		// One Ajv each: two schemas may have the same $id.
		const ajv = /draft-0[67]/.test(dialect) ? new Ajv(options) : new Ajv2020(options);
		const validate = ajv.compile(schema);
		compiled.set(key, validate);
		return validate;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Failure(
			{
				code: 'schema-invalid',
				message: `The JSON Schema can't be used: ${reason}.`,
				next: ['Correct the schema', 'For draft-07, name it in $schema'],
			},
			{ cause: error },
		);
	}
}

/** The first few things that are wrong, for people. */
export function problemsOf(validate: ValidateFunction): string {
	const problems = (validate.errors ?? []).map(
		({ instancePath, message = 'is wrong' }) => `${instancePath || 'the value'} ${message}`,
	);
	return problems.slice(0, 3).join('; ');
}
