#!/bin/sh
# Makes the documents from handbook.md, slides.md and stock.csv with real programs. The files here were made by
# pandoc 2.17 and LibreOffice 7.4 of Debian 12:
#   apt-get install --no-install-recommends pandoc libreoffice-writer libreoffice-calc libreoffice-impress
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

convert() { # from, filter or ending, to
	soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to "$2" --outdir "$work/out" "$1" >/dev/null 2>&1
	mv "$work/out/$(basename "${1%.*}").${2%%:*}" "$3"
}

for ending in docx odt rtf epub html; do pandoc --standalone handbook.md -o "pandoc.$ending"; done
pandoc slides.md -o pandoc.pptx

cp pandoc.odt "$work/handbook.odt"
for ending in docx rtf epub pdf; do convert "$work/handbook.odt" "$ending" "libreoffice.$ending"; done
convert "$work/handbook.odt" "html:HTML (StarWriter)" libreoffice.html
cp pandoc.docx "$work/handbook.docx"
convert "$work/handbook.docx" odt libreoffice.odt

cp pandoc.pptx "$work/slides.pptx"
convert "$work/slides.pptx" odp libreoffice.odp
cp libreoffice.odp "$work/slides.odp"
convert "$work/slides.odp" pptx libreoffice.pptx
convert "$work/slides.odp" pdf libreoffice-slides.pdf

for ending in xlsx ods; do convert stock.csv "$ending" "libreoffice.$ending"; done
