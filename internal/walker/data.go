package walker

// judgeData judges what the client sends once its connection is open, where the question is about that as well: by every firewall whose stateful engine
// saw the request (FW-11). Of a service, it is what goes over the first connection.
func (f *flow) judgeData(o Outcome) Outcome {
	if f.question.Data == "" || f.question.Packet.Protocol != TCP || o.Verdict != Reachable {
		return o
	}
	for _, each := range f.inspections {
		if each.tracked == no {
			continue
		}
		policy, s := f.policy(each.at)
		if s != nil {
			continue // it was asked before
		}
		may, words := f.stateful(each.at.firewall, policy, subject{packet: each.packet, data: f.question.Data, name: f.question.Name})
		if each.tracked == unsure {
			may |= passes
		}
		label := each.at.firewall.Label()
		switch {
		case may == drops:
			o.Verdict, o.Reply = Unreachable, nil
			o.Reason = label + " drops " + f.sent() + " (" + words + ")"
			o.Request = append(o.Request, Hop{kindFirewall, each.at.firewall.ID, Deny, words, codeFirewall})
			return o
		case may&drops != 0:
			o.Verdict = Unknown
			reason := "whether " + label + " passes " + f.sent() + " is not known: " + words
			o.Reason = join(o.Reason, reason)
			o.Request = append(o.Request, Hop{kindFirewall, each.at.firewall.ID, Doubt, reason, codeUnknown})
		}
	}
	return o
}

// sent names the data that the question is about.
func (f *flow) sent() string {
	switch f.question.Data {
	case "tls":
		return "TLS for " + f.question.Name
	case "http":
		return "HTTP for " + f.question.Name
	}
	return "data"
}
