import { Failure } from '../contract/failure.ts';
import { said } from '../contract/said.ts';

/** Explains that llama.cpp can't read a grammar; `detail` is its own message. */
export function grammarInvalid(detail: string): Failure {
	return new Failure({
		code: 'grammar-invalid',
		message: said`The grammar that answers have to match is not valid GBNF, or has no rule “root”.`,
		next: [said`Correct the grammar`],
		detail,
	});
}

/** Explains that every token is forbidden. */
export function grammarStuck(): Failure {
	return new Failure({
		code: 'grammar-stuck',
		message: said`No token of this model can continue an answer that matches the grammar.`,
		next: [said`Loosen the grammar`, said`Choose another model`],
	});
}
