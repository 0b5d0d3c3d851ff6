import { extractText, getDocumentProxy } from 'unpdf';
import { Failure } from '../../../models/contract/failure.ts';
import { amount, said } from '../../../models/contract/said.ts';
import { pageBreak, withoutPageBreaks } from '../../contract/conversation/page-breaks.ts';

/**
 * Extracts the text of every page, with an empty line and a page break between pages. Throws `pdf-locked`, `pdf-unreadable`,
 * `pdf-without-text`.
 */
export async function pdfText(name: string, bytes: Uint8Array): Promise<{ text: string; pages: number }> {
	let pages: readonly string[];
	try {
		const document = await getDocumentProxy(bytes, { verbosity: 0 });
		pages = (await extractText(document, { mergePages: false })).text;
	} catch (error) {
		throw pdfFailure(name, error);
	}
	const text = pages.map((page) => withoutPageBreaks(page).trim()).join(`\n\n${pageBreak}`);
	if (text.trim() !== '') return { text, pages: pages.length };
	throw pdfWithoutText(name, pages.length);
}

/** Says that a PDF holds pictures of pages only. */
export function pdfWithoutText(name: string, pages: number): Failure {
	return new Failure({
		code: 'pdf-without-text',
		message: said`The file ${name} has ${amount(pages, 'page')} but no text. It is probably a scan.`,
		next: [said`Run it through text recognition (OCR), then use the result`],
	});
}

/** Says why a PDF can't be read. */
export function pdfFailure(name: string, error: unknown): Failure {
	const words = error instanceof Error ? error.message : String(error);
	if (error instanceof Error && error.name === 'PasswordException') {
		return new Failure({
			code: 'pdf-locked',
			message: said`The file ${name} is locked with a password.`,
			next: [said`Save a copy without the password, then use that`],
		});
	}
	return new Failure(
		{
			code: 'pdf-unreadable',
			message: said`The file ${name} can’t be read as a PDF: ${words.replace(/\.$/, '')}.`,
			next: [said`Open it in a PDF viewer and save it again`, said`Copy its text and paste it`],
		},
		{ cause: error },
	);
}
