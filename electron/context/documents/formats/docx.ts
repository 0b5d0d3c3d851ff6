import mammoth from 'mammoth';
import { DocumentBuilder } from '../document-builder.ts';
import type { ParsedDocument } from '../parsed-document.ts';
import { addHtml } from './html.ts';
import { textNamed } from './xml.ts';
import type { Zip } from './zip.ts';

/** Styles that mammoth doesn't know, of Word, LibreOffice and pandoc. */
const styleMap = [
	"p[style-name='Title'] => h1:fresh",
	"p[style-name='Subtitle'] => p:fresh",
	...['Quote', 'Intense Quote', 'Quotations', 'Block Text'].map(
		(name) => `p[style-name='${name}'] => blockquote > p:fresh`,
	),
	...['HTML Preformatted', 'Preformatted Text', 'Source Code', 'Code'].map(
		(name) => `p[style-name='${name}'] => pre:separator('\\n')`,
	),
];

/** Reads a Word document. Its pages are made when it is printed, so it has none. */
export async function readDocx(name: string, bytes: Uint8Array, zip: Zip): Promise<ParsedDocument> {
	const { value } = await mammoth.convertToHtml(
		{ buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) },
		{
			styleMap,
			convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
			externalFileAccess: false,
		},
	);
	const builder = new DocumentBuilder(name);
	addHtml(builder, value);
	return builder.finish('docx', textNamed(zip.text('docProps/core.xml') ?? '', 'title'));
}
