-- When the text was put on the wire, where nothing was told of it since: read as an event of its own, "submitting", just
-- before this one. So the usual text makes two rows and not three.
ALTER TABLE sms.event ADD COLUMN claimed_at timestamptz;
ALTER TABLE sms.event_aside ADD COLUMN claimed_at timestamptz;

-- Room for the receipt of every segment on its own page, so that it touches no index.
ALTER TABLE sms.segment SET (fillfactor = 55);
