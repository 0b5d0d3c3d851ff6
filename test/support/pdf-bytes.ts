/** Makes a PDF with one page per text, in Helvetica; with `encrypt` it asks for a password. */
export function pdfBytes(pages: readonly string[], options: { readonly encrypt?: boolean } = {}): Buffer {
	const objects: string[] = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'',
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	const kids: number[] = [];
	for (const text of pages) {
		const lines = text.split('\n').map((line) => `(${line.replaceAll(/[\\()]/g, '\\$&')}) Tj T*`);
		const stream = `BT /F1 11 Tf 14 TL 50 780 Td ${lines.join(' ')} ET`;
		objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
		kids.push(objects.length + 1);
		objects.push(
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${objects.length} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
		);
	}
	objects[1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((id) => `${id} 0 R`).join(' ')}] >>`;
	if (options.encrypt) {
		objects.push(`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'11'.repeat(32)}> /U <${'22'.repeat(32)}> >>`);
	}
	let file = '%PDF-1.4\n';
	const offsets = objects.map((object, index) => {
		const at = file.length;
		file += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return at;
	});
	const start = file.length;
	const encryption = options.encrypt ? ` /Encrypt ${objects.length} 0 R /ID [<00><00>]` : '';
	file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
	for (const at of offsets) file += `${String(at).padStart(10, '0')} 00000 n \n`;
	file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${encryption} >>\nstartxref\n${start}\n%%EOF\n`;
	return Buffer.from(file, 'latin1');
}
