// An SMSC made of node-smpp (npm "smpp"). What it says on its standard output is described in README.md.
'use strict';
const smpp = require(process.argv[3] + '/node_modules/smpp');
const version = require(process.argv[3] + '/node_modules/smpp/package.json').version;

const say = (...words) => process.stdout.write(words.join(' ') + '\n');
const hex = text => Buffer.from(text, 'utf8').toString('hex') || '-';
let ids = 1000;

const fromPatient = { source_addr_ton: 1, source_addr_npi: 1, source_addr: '13125550111',
  dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '15550009999' };

function patientWrites(session) {
  session.deliver_sm({ ...fromPatient, short_message: 'STOP please' }, r => say('INBOUND', r.command_status));
  const long = 'Здравствуйте! Можно перенести приём на четверг, после трёх часов дня? Спасибо большое 😀';
  const cut = 60;
  [long.slice(0, cut), long.slice(cut)].forEach((part, i) => session.deliver_sm({ ...fromPatient,
    esm_class: 0x40, data_coding: 8, short_message: { udh: Buffer.from([5, 0, 3, 77, 2, i + 1]), message: part } },
    r => say('INBOUND', r.command_status)));
}

let receiver = null;
function bound(kind, session, pdu) {
  say('BOUND', kind, '0x' + pdu.interface_version.toString(16));
  session.send(pdu.response({ system_id: 'node' }));
  if (kind !== 'transmitter') {
    receiver = session;
    patientWrites(session);
  }
}

const server = smpp.createServer(session => {
  session.on('error', e => say('ERROR', String(e.message).replace(/\s/g, '_')));
  session.on('bind_transceiver', pdu => bound('transceiver', session, pdu));
  session.on('bind_transmitter', pdu => bound('transmitter', session, pdu));
  session.on('bind_receiver', pdu => bound('receiver', session, pdu));
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => { session.send(pdu.response()); session.close(); });
  session.on('submit_sm', pdu => {
    const id = String(++ids);
    const udh = pdu.short_message.udh ? Buffer.concat([].concat(pdu.short_message.udh)).toString('hex') : '-';
    say('PART', pdu.destination_addr, udh, hex(pdu.short_message.message));
    session.send(pdu.response({ message_id: id }));
    if (pdu.registered_delivery) {
      // A decimal id in the text and the same in the TLVs, esm_class 4.
      receiver.deliver_sm({ ...fromPatient, source_addr: pdu.destination_addr, esm_class: 4,
        short_message: `id:${id} sub:001 dlvrd:001 submit date:2611220100 done date:2611220100 stat:DELIVRD err:000 text:`,
        receipted_message_id: id, message_state: 2 }, r => say('RECEIPT', r.command_status));
    }
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => say('LISTENING', 'node-smpp', version));
