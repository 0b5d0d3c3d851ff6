import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { compileLinear, matches } from '../../prompt/linear-regex.ts';

export type Schema = boolean | Record<string, unknown>;

/**
 * Runs a schema's patterns with RE2, so that none takes for ever; ajv asks for the name of the code only in generated
 * files.
 */
const linearRegExp = Object.assign(
	(pattern: string) => {
		const compiled = compileLinear(pattern);
		// ajv treats two patterns with the same text as the same.
		return { test: (text: string) => matches(compiled, text), toString: () => pattern };
	},
	{ code: 'linear' },
);

const options: Options = {
	// Ignores keywords meant for other programs, as the specification asks, and formats.
	strict: false,
	validateFormats: false,
	logger: false,
	code: { regExp: linearRegExp },
};

const compiled = new Map<string, ValidateFunction>();

/** Throws Failure `schema-invalid`. Fetches nothing: a `$ref` must point into the schema itself. */
export function compileSchema(schema: Schema): ValidateFunction {
	const key = JSON.stringify(schema);
	const known = compiled.get(key);
	if (known !== undefined) return known;
	if (compiled.size > 50) compiled.clear();
	const dialect = typeof schema === 'object' ? String(schema.$schema ?? '') : '';
	try {
		// Each schema gets its own Ajv, because two may have the same $id.
		const ajv = /draft-0[67]/.test(dialect) ? new Ajv(options) : new Ajv2020(options);
		const validate = ajv.compile(schema);
		compiled.set(key, validate);
		return validate;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Failure(
			{
				code: 'schema-invalid',
				message: said`The JSON Schema can’t be used: ${reason}.`,
				next: [said`Correct the schema`, said`For draft-07, name it in $schema`],
			},
			{ cause: error },
		);
	}
}

/** The first few errors, for people. */
export function problemsOf(validate: ValidateFunction): string {
	const problems = (validate.errors ?? []).map(
		({ instancePath, message = 'is wrong' }) => `${instancePath || 'the value'} ${message}`,
	);
	return problems.slice(0, 3).join('; ');
}
