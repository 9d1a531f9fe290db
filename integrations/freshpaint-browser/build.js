// Makes the file that pages load. A test compares the hash it names with the source, so that the two never part.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const source = fs.readFileSync(path.join(__dirname, 'freshpaint-browser.js'), 'utf8');
const hash = crypto.createHash('sha256').update(source).digest('hex');
const { code } = require('esbuild').transformSync(source, { minify: true, target: 'es2018' });
fs.writeFileSync(path.join(__dirname, 'freshpaint-browser.min.js'), `/* freshpaint-browser, MIT; made of freshpaint-browser.js, sha256 ${hash} */\n${code}`);
