import { extractText, getDocumentProxy } from 'unpdf';
import { Failure } from '../../../models/contract/failure.ts';
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
	throw new Failure({
		code: 'pdf-without-text',
		message: `The file ${name} has ${pages.length} ${pages.length === 1 ? 'page' : 'pages'} but no text. It is probably a scan.`,
		next: ['Run it through text recognition (OCR), then attach the result'],
	});
}

function pdfFailure(name: string, error: unknown): Failure {
	const words = error instanceof Error ? error.message : String(error);
	if (error instanceof Error && error.name === 'PasswordException') {
		return new Failure({
			code: 'pdf-locked',
			message: `The file ${name} is locked with a password.`,
			next: ['Save a copy without the password, then attach that'],
		});
	}
	return new Failure(
		{
			code: 'pdf-unreadable',
			message: `The file ${name} can’t be read as a PDF: ${words.replace(/\.$/, '')}.`,
			next: ['Open it in a PDF viewer and save it again', 'Copy its text and paste it'],
		},
		{ cause: error },
	);
}
