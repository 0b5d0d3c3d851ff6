import { Failure } from '../contract/failure.ts';

/** Explains that llama.cpp can't read a grammar; `detail` is its own message. */
export function grammarInvalid(detail: string): Failure {
	return new Failure({
		code: 'grammar-invalid',
		message: 'The grammar that answers have to match is not valid GBNF, or has no rule “root”.',
		next: ['Correct the grammar'],
		detail,
	});
}

/** Explains that every token is forbidden. */
export function grammarStuck(): Failure {
	return new Failure({
		code: 'grammar-stuck',
		message: 'No token of this model can go on with an answer that matches the grammar.',
		next: ['Loosen the grammar', 'Choose another model'],
	});
}
